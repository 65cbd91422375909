"""Piecewise-linear operations, written exactly as sums of ReLUs: neurons of two signs where needed.

In time each ReLU is a site of its own, whose neurons, spikes and SynOps are counted like any
other's, and each sum of their spikes is an addition. The ANN is charged one operation for each
element of the result, as for a ReLU.
"""

import operator
from typing import Any

import torch
import torch.fx
import torch.nn.functional as F
from torch import nn

from spikebench.snn.graph.call import Call
from spikebench.snn.graph.operations.operation import changing, is_constant
from spikebench.snn.graph.operations.pooling import POOLS
from spikebench.snn.graph.operations.rewritten import operand, rewritten, setting
from spikebench.snn.graph.tracing.rewriting import Rewriter
from spikebench.snn.graph.tracing.tracer import attribute


def _leaky(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    slope = setting(call, "negative_slope", 1, 0.01)
    return _two_sided(rewriter, operand(call), slope)


def _randomised(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    lower, upper = setting(call, "lower", 1, 1 / 8), setting(call, "upper", 2, 1 / 3)
    return _two_sided(rewriter, operand(call), (lower + upper) / 2)


def _prelu(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    if isinstance(call.target, nn.PReLU):
        weight = call.target.weight.detach()
    else:
        given = call.arguments[1]
        weight = attribute(call.node.graph.owning_module, str(given.target)).detach()
    slope = rewriter.constant(weight.view(1, -1, 1, 1)) if weight.numel() > 1 else weight.item()
    return _two_sided(rewriter, operand(call), slope)


def _two_sided(rewriter: Rewriter, source: torch.fx.Node, slope: Any) -> torch.fx.Node:
    """relu(x) - slope relu(-x)."""
    above = rewriter.relu(source, "above")
    below = rewriter.relu(rewriter.neg(source), "below")
    return rewriter.sub(above, rewriter.mul(below, slope))


def _absolute(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    above = rewriter.relu(operand(call), "above")
    return rewriter.add(above, rewriter.relu(rewriter.neg(operand(call)), "below"))


def _between(
    rewriter: Rewriter, source: torch.fx.Node, low: float | None, high: float | None
) -> torch.fx.Node:
    """low + relu(x - low) - relu(x - high), or one of the two sides of it."""
    if low is None:
        assert high is not None
        missing = rewriter.relu(rewriter.sub(high, source), "below")
        return rewriter.sub(high, missing)
    kept = rewriter.relu(rewriter.sub(source, low) if low else source, "above")
    if high is not None:
        over = rewriter.relu(rewriter.sub(source, high), "over")
        kept = rewriter.sub(kept, over)
    return rewriter.add(kept, low) if low else kept


def _relu6(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    return _between(rewriter, operand(call), 0, 6)


def _hardtanh(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    low, high = setting(call, "min_val", 1, -1.0), setting(call, "max_val", 2, 1.0)
    return _between(rewriter, operand(call), low, high)


def _clamp(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    low, high = _bounds(call)
    return _between(rewriter, operand(call), low, high)


def _clamp_min(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    return _between(rewriter, operand(call), call.option("min", 1, None), None)


def _clamp_max(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    return _between(rewriter, operand(call), None, call.option("max", 1, None))


def _bounds(call: Call) -> tuple[float | None, float | None]:
    low, high = call.option("min", 1, None), call.option("max", 2, None)
    return low, high


def _by_numbers(call: Call) -> bool:
    found = [bound for bound in _bounds(call) if bound is not None]
    return bool(found) and all(isinstance(bound, int | float) for bound in found)


def _by_a_number(call: Call) -> bool:
    return isinstance(call.arguments[1], int | float)


def _hard_sigmoid(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    return _steep(rewriter, operand(call))


def _steep(rewriter: Rewriter, source: torch.fx.Node) -> torch.fx.Node:
    """clamp(x / 6 + 1/2, 0, 1)."""
    moved = rewriter.add(rewriter.mul(source, 1 / 6), 0.5)
    return _between(rewriter, moved, 0, 1)


def _hard_swish(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    return rewriter.mul(operand(call), _steep(rewriter, operand(call)))


def _soft_shrink(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    width, source = setting(call, "lambd", 1, 0.5), operand(call)
    above = rewriter.relu(rewriter.sub(source, width), "above")
    below = rewriter.relu(rewriter.sub(rewriter.neg(source), width), "below")
    return rewriter.sub(above, below)


def _largest(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    first, second = changing(call)
    return rewriter.maximum(first, second, "over")


def _smallest(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    first, second = changing(call)
    over = rewriter.relu(rewriter.sub(first, second), "over")
    return rewriter.sub(first, over)


def _of_two(call: Call) -> bool:
    return len(call.arguments) == 2 and len(changing(call)) == 2


def _of_a_parameter(call: Call) -> bool:
    return isinstance(call.target, nn.PReLU) or is_constant(call.arguments[1])


PIECEWISE = (
    rewritten("leaky ReLU", "relu(x) - a relu(-x)", _leaky, nn.LeakyReLU, F.leaky_relu),
    rewritten(
        "PReLU",
        "relu(x) - a relu(-x), a by channel",
        _prelu,
        nn.PReLU,
        F.prelu,
        torch.prelu,
        accepts=_of_a_parameter,
    ),
    rewritten("RReLU", "relu(x) - a relu(-x), a the mean slope", _randomised, nn.RReLU, F.rrelu),
    rewritten("ReLU6", "relu(x) - relu(x - 6)", _relu6, nn.ReLU6, F.relu6),
    rewritten("hard tanh", "a + relu(x - a) - relu(x - b)", _hardtanh, nn.Hardtanh, F.hardtanh),
    rewritten(
        "clamp",
        "a + relu(x - a) - relu(x - b)",
        _clamp,
        torch.clamp,
        torch.clip,
        "clamp",
        "clip",
        accepts=_by_numbers,
    ),
    rewritten(
        "clamp from below",
        "a + relu(x - a)",
        _clamp_min,
        torch.clamp_min,
        "clamp_min",
        accepts=_by_a_number,
    ),
    rewritten(
        "clamp from above",
        "b - relu(b - x)",
        _clamp_max,
        torch.clamp_max,
        "clamp_max",
        accepts=_by_a_number,
    ),
    rewritten(
        "hard sigmoid",
        "relu(x/6 + 1/2) - relu(x/6 - 1/2)",
        _hard_sigmoid,
        *(nn.Hardsigmoid, F.hardsigmoid),
    ),
    rewritten(
        "hard swish",
        "x times hard sigmoid, an analogue product",
        _hard_swish,
        *(nn.Hardswish, F.hardswish),
    ),
    rewritten(
        "soft shrinkage", "relu(x - a) - relu(-x - a)", _soft_shrink, nn.Softshrink, F.softshrink
    ),
    rewritten("absolute value", "relu(x) + relu(-x)", _absolute, torch.abs, operator.abs, "abs"),
    rewritten(
        "larger of two",
        "y + relu(x - y)",
        _largest,
        torch.maximum,
        torch.max,
        "maximum",
        "max",
        accepts=_of_two,
    ),
    rewritten(
        "smaller of two",
        "x - relu(x - y)",
        _smallest,
        torch.minimum,
        torch.min,
        "minimum",
        "min",
        accepts=_of_two,
    ),
    *POOLS,
)
