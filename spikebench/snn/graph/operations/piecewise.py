"""Piecewise-linear operations, written exactly as sums of ReLUs: neurons of two signs where needed.

In time each ReLU is a site of its own, whose neurons, spikes and SynOps are counted like any
other's, and each sum of their spikes is an addition. The ANN is charged one operation for each
element of the result, as for a ReLU.
"""

import math
import operator
from typing import Any

import torch
import torch.fx
import torch.nn.functional as F
from torch import nn

from spikebench.snn.graph.call import Call
from spikebench.snn.graph.nodes import Kind
from spikebench.snn.graph.operations.operation import Operation, changing, is_constant
from spikebench.snn.graph.tracing.rewriting import Rewriter
from spikebench.snn.graph.tracing.tracer import attribute


def _source(call: Call) -> torch.fx.Node:
    source = call.node.args[0] if call.node.args else call.node.kwargs["input"]
    assert isinstance(source, torch.fx.Node)
    return source


def _of(call: Call, module: str, position: int, default: Any, name: str = "") -> Any:
    """Return a setting that is a module's attribute or a function's argument."""
    if isinstance(call.target, nn.Module):
        return getattr(call.target, module)
    return call.option(name or module, position, default)


def _leaky(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    slope = _of(call, "negative_slope", 1, 0.01)
    return _two_sided(rewriter, _source(call), slope)


def _randomised(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    lower, upper = _of(call, "lower", 1, 1 / 8), _of(call, "upper", 2, 1 / 3)
    return _two_sided(rewriter, _source(call), (lower + upper) / 2)


def _prelu(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    if isinstance(call.target, nn.PReLU):
        weight = call.target.weight.detach()
    else:
        given = call.arguments[1]
        weight = attribute(call.node.graph.owning_module, str(given.target)).detach()
    slope = rewriter.constant(weight.view(1, -1, 1, 1)) if weight.numel() > 1 else weight.item()
    return _two_sided(rewriter, _source(call), slope)


def _two_sided(rewriter: Rewriter, source: torch.fx.Node, slope: Any) -> torch.fx.Node:
    """relu(x) - slope relu(-x)."""
    above = rewriter.relu(source, "above")
    below = rewriter.relu(rewriter.neg(source), "below")
    return rewriter.sub(above, rewriter.mul(below, slope))


def _absolute(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    above = rewriter.relu(_source(call), "above")
    return rewriter.add(above, rewriter.relu(rewriter.neg(_source(call)), "below"))


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
    return _between(rewriter, _source(call), 0, 6)


def _hardtanh(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    low, high = _of(call, "min_val", 1, -1.0), _of(call, "max_val", 2, 1.0)
    return _between(rewriter, _source(call), low, high)


def _clamp(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    low, high = _bounds(call)
    return _between(rewriter, _source(call), low, high)


def _clamp_min(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    return _between(rewriter, _source(call), call.option("min", 1, None), None)


def _clamp_max(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    return _between(rewriter, _source(call), None, call.option("max", 1, None))


def _bounds(call: Call) -> tuple[float | None, float | None]:
    low, high = call.option("min", 1, None), call.option("max", 2, None)
    return low, high


def _by_numbers(call: Call) -> bool:
    found = [bound for bound in _bounds(call) if bound is not None]
    return bool(found) and all(isinstance(bound, int | float) for bound in found)


def _by_a_number(call: Call) -> bool:
    return isinstance(call.arguments[1], int | float)


def _hard_sigmoid(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    return _steep(rewriter, _source(call))


def _steep(rewriter: Rewriter, source: torch.fx.Node) -> torch.fx.Node:
    """clamp(x / 6 + 1/2, 0, 1)."""
    moved = rewriter.add(rewriter.mul(source, 1 / 6), 0.5)
    return _between(rewriter, moved, 0, 1)


def _hard_swish(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    return rewriter.mul(_source(call), _steep(rewriter, _source(call)))


def _soft_shrink(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    width, source = _of(call, "lambd", 1, 0.5), _source(call)
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


def _pool_settings(call: Call) -> dict[str, tuple[int, int]]:
    kernel = _of(call, "kernel_size", 1, None)
    stride = _of(call, "stride", 2, None) or kernel
    sides = {
        "kernel": kernel,
        "stride": stride,
        "padding": _of(call, "padding", 3, 0),
        "dilation": _of(call, "dilation", 4, 1),
    }
    return {k: (v, v) if isinstance(v, int) else (v[0], v[-1]) for k, v in sides.items()}


def _poolable(call: Call) -> bool:
    """Tell whether padding a pool is repeating its border: not with gaps, nor to a whole window."""
    settings = _pool_settings(call)
    padded = settings["padding"] != (0, 0)
    whole = not _of(call, "ceil_mode", 5, False)
    pairs = zip(settings["kernel"], settings["stride"], strict=True)
    grown = not padded and all(kernel >= stride for kernel, stride in pairs)
    return (settings["dilation"] == (1, 1) or not padded) and (whole or grown)


def _max_pool(rewriter: Rewriter, call: Call) -> torch.fx.Node:
    """Rows, then columns; along each, the largest of pairs of shifted maps, as in a knock-out."""
    settings, value = _pool_settings(call), _source(call)
    (above, left), (down, across) = settings["padding"], settings["stride"]
    more = (across - 1, down - 1) if _of(call, "ceil_mode", 5, False) else (0, 0)
    sides = (left, left + more[0], above, above + more[1])
    if any(sides):
        value = rewriter.call(F.pad, value, sides, "replicate")
    for axis in (1, 0):
        value = _along(rewriter, value, axis, *(settings[k][axis] for k in _ALONG))
    return value


_ALONG = ("kernel", "stride", "dilation")


def _along(
    rewriter: Rewriter, value: torch.fx.Node, axis: int, kernel: int, stride: int, dilation: int
) -> torch.fx.Node:
    reach = (kernel - 1) * dilation
    shifted = []
    for start in range(0, reach + 1, dilation):
        shown = slice(start, start - reach or None, stride)
        index = (..., shown) if axis else (..., shown, slice(None))
        shifted.append(rewriter.call(operator.getitem, value, index))
    for turn in range(math.ceil(math.log2(kernel))):
        pairs = [shifted[i : i + 2] for i in range(0, len(shifted), 2)]
        shifted = [
            rewriter.maximum(pair[0], pair[1], f"over_{'xy'[1 - axis]}{turn}{index}")
            if len(pair) == 2
            else pair[0]
            for index, pair in enumerate(pairs)
        ]
    return shifted[0]


def _rewritten(name: str, becomes: str, rewrite: Any, *targets: Any, **rules: Any) -> Operation:
    return Operation(
        name=name, kind=Kind.SITE, targets=targets, rewrite=rewrite, becomes=becomes, **rules
    )


PIECEWISE = (
    _rewritten("leaky ReLU", "relu(x) - a relu(-x)", _leaky, nn.LeakyReLU, F.leaky_relu),
    _rewritten(
        "PReLU",
        "relu(x) - a relu(-x), a by channel",
        _prelu,
        nn.PReLU,
        F.prelu,
        torch.prelu,
        accepts=_of_a_parameter,
    ),
    _rewritten("RReLU", "relu(x) - a relu(-x), a the mean slope", _randomised, nn.RReLU, F.rrelu),
    _rewritten("ReLU6", "relu(x) - relu(x - 6)", _relu6, nn.ReLU6, F.relu6),
    _rewritten("hard tanh", "a + relu(x - a) - relu(x - b)", _hardtanh, nn.Hardtanh, F.hardtanh),
    _rewritten(
        "clamp",
        "a + relu(x - a) - relu(x - b)",
        _clamp,
        torch.clamp,
        torch.clip,
        "clamp",
        "clip",
        accepts=_by_numbers,
    ),
    _rewritten(
        "clamp from below",
        "a + relu(x - a)",
        _clamp_min,
        torch.clamp_min,
        "clamp_min",
        accepts=_by_a_number,
    ),
    _rewritten(
        "clamp from above",
        "b - relu(b - x)",
        _clamp_max,
        torch.clamp_max,
        "clamp_max",
        accepts=_by_a_number,
    ),
    _rewritten(
        "hard sigmoid",
        "relu(x/6 + 1/2) - relu(x/6 - 1/2)",
        _hard_sigmoid,
        *(nn.Hardsigmoid, F.hardsigmoid),
    ),
    _rewritten(
        "hard swish",
        "x times hard sigmoid, an analogue product",
        _hard_swish,
        *(nn.Hardswish, F.hardswish),
    ),
    _rewritten(
        "soft shrinkage", "relu(x - a) - relu(-x - a)", _soft_shrink, nn.Softshrink, F.softshrink
    ),
    _rewritten("absolute value", "relu(x) + relu(-x)", _absolute, torch.abs, operator.abs, "abs"),
    _rewritten(
        "larger of two",
        "y + relu(x - y)",
        _largest,
        torch.maximum,
        torch.max,
        "maximum",
        "max",
        accepts=_of_two,
    ),
    _rewritten(
        "smaller of two",
        "x - relu(x - y)",
        _smallest,
        torch.minimum,
        torch.min,
        "minimum",
        "min",
        accepts=_of_two,
    ),
    _rewritten(
        "max pool",
        "the larger of two shifted maps, ceil(log2 k) times along each side",
        _max_pool,
        *(nn.MaxPool2d, F.max_pool2d, torch.max_pool2d),
        accepts=_poolable,
    ),
)
