"""What an entry of the table of operations says, and rules that several entries share.

Linear wiring commutes with the mean over time (invariant I14), so it needs no neuron. Wiring whose
coefficients are all 0 or 1 (up to one factor a channel and the sign, which the weights behind it
take up) only *routes* spikes: what arrives is still a set of spikes, and the events a spike causes
behind it can be counted exactly with the same operation on event indicators. Wiring with other
coefficients mixes spikes into analogue currents.

Piecewise-linear operations are written as ReLUs and wiring. What is neither is analogue.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch.fx
from torch import Tensor

from spikebench.snn.graph.call import Call, Compute, WithoutBias
from spikebench.snn.graph.nodes import Cost, Kind
from spikebench.snn.graph.tracing.rewriting import Rewriter
from spikebench.snn.graph.tracing.tracer import attribute

Rule = Callable[[Call], bool]


def always(call: Call) -> bool:
    return True


def never(call: Call) -> bool:
    return False


def as_it_is(call: Call) -> Compute:
    return call.function


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One entry of the table.

    `targets`: classes of modules, functions and names of tensor methods. `accepts` says whether the
    entry is a call's. Of wiring, `routes` says whether spikes stay spikes; `indicate` gives the
    operation on event indicators, the same one with every coefficient set to 1. What an operation
    adds by itself is part of the bias, `without_bias` computes it without. `adds` costs an addition
    for each element. `fills` gives a constant in the shape of its input. `factor`: its parameters
    and buffers are factors, not biases. `changes_dimensions`: its result may be no (N, C, H, W).

    `rewrite` writes the call as simpler ones, `becomes` says in words as what. `cost` counts what
    an analogue operation takes, `words` are its MACs and special functions as formulas.
    `written` says how a person writes the operation, where the targets do not.
    """

    name: str
    kind: Kind
    targets: tuple[Any, ...]
    accepts: Rule = always
    routes: Rule = always
    indicate: Callable[[Call], Compute] = as_it_is
    without_bias: WithoutBias | None = None
    adds: bool = False
    fills: bool = False
    factor: bool = False
    changes_dimensions: bool = False
    rewrite: Callable[[Rewriter, Call], torch.fx.Node] | None = None
    becomes: str = ""
    cost: Cost | None = None
    words: tuple[str, str] = ("", "")
    written: str = ""


def is_constant(argument: Any) -> bool:
    """Tell whether an argument is a number, a parameter or a buffer."""
    if isinstance(argument, torch.fx.Node):
        return argument.op == "get_attr"
    return isinstance(argument, int | float)


def changing(call: Call) -> list[torch.fx.Node]:
    """Return the arguments that are tensors of the network, no parameters."""
    return [a for a in call.arguments if isinstance(a, torch.fx.Node) and not is_constant(a)]


def by_channel(call: Call) -> bool:
    """Tell whether all factors are numbers, or one for each channel of a map (N, C, H, W)."""
    return all(_of_channels(call, a) for a in call.arguments if isinstance(a, torch.fx.Node))


def _of_channels(call: Call, argument: torch.fx.Node) -> bool:
    if not is_constant(argument):
        return True
    value: Tensor = attribute(call.node.graph.owning_module, str(argument.target))
    return value.numel() == 1 or (value.dim() in (3, 4) and value.shape[-2:] == (1, 1))
