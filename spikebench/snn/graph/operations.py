"""The operations that a backbone may use, each with its conversion rule: one table.

Linear wiring commutes with the mean over time (invariant I14), so it needs no neuron. Wiring whose
coefficients are all 0 or 1 (up to one common factor and the sign) only *routes* spikes: what
arrives is still a set of spikes, and the events a spike causes behind it can be counted exactly
with the same operation on event indicators. Interpolation with other coefficients leaves spikes
behind and turns them into analogue currents.

A constant in the shape of a tensor, such as a map of the noise level, is not linear: it is part of
the bias, and allowed only where that tensor itself does not change over time.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.fx
import torch.nn.functional as F
from torch import Tensor, nn

from spikebench.snn.graph.call import Call, Compute, WithoutBias
from spikebench.snn.graph.nodes import Kind

Rule = Callable[[Call], bool]


def _always(call: Call) -> bool:
    return True


def _as_it_is(call: Call) -> Compute:
    return call.function


@dataclass(frozen=True)
class Operation:
    """One entry of the table.

    `targets`: classes of modules, functions and names of tensor methods. Of wiring, `accepts` says
    whether a call is linear and `routes` whether spikes stay spikes; `indicate` gives the operation
    on event indicators, the same one with every coefficient set to 1. What an operation adds by
    itself is part of the bias, `without_bias` computes it without. `adds` costs an addition for
    each element. `fills` gives a constant in the shape of its input.
    """

    name: str
    kind: Kind
    targets: tuple[Any, ...]
    accepts: Rule = _always
    routes: Rule = _always
    indicate: Callable[[Call], Compute] = _as_it_is
    without_bias: WithoutBias | None = None
    adds: bool = False
    fills: bool = False


def _without_numbers(call: Call) -> bool:
    """Tell whether no number is added: it would be a bias, which is no spike."""
    return not any(isinstance(argument, int | float) for argument in call.arguments)


def _of_one_tensor(call: Call) -> bool:
    """Tell whether a product is one tensor times a number, not x * y."""
    numbers = [argument for argument in call.arguments if isinstance(argument, int | float)]
    return len(call.arguments) - len(numbers) == 1


def _by_a_number(call: Call) -> bool:
    """Tell whether a quotient is one tensor by a number, not 1 / x or x // 2."""
    return _of_one_tensor(call) and isinstance(call.arguments[0], torch.fx.Node)


def _no_tensor_but_the_shape(call: Call) -> bool:
    return not any(isinstance(argument, torch.fx.Node) for argument in call.arguments[1:])


def _nearest(call: Call) -> bool:
    """Tell whether an interpolation repeats pixels: every other mode mixes neighbours."""
    mode = (
        call.target.mode
        if isinstance(call.target, nn.Upsample)
        else call.option("mode", 3, "nearest")
    )
    return bool(mode == "nearest")


def _of_both(call: Call) -> Compute:
    """A sum or difference delivers the spikes of both operands."""
    return lambda events, others, **_: events + others


def _once(call: Call) -> Compute:
    """A scaling delivers each spike once."""
    return lambda *args, **kwargs: next(
        value for value in (*args, *kwargs.values()) if isinstance(value, Tensor)
    )


def _to_every_window(call: Call) -> Compute:
    """An average pool delivers each spike to every window that covers it."""
    pool = call.target
    if not isinstance(pool, nn.AvgPool2d):
        return lambda events, *args, **kwargs: F.avg_pool2d(
            events, *args, **{**kwargs, "divisor_override": 1}
        )
    return lambda events: F.avg_pool2d(
        events, pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode, divisor_override=1
    )


def _without_number(function: Compute, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensor:
    """Add 0 in place of a number."""
    tensors = tuple(arg if isinstance(arg, Tensor) else 0.0 for arg in args)
    if isinstance(kwargs.get("other"), int | float):
        kwargs = {**kwargs, "other": 0.0}
    return function(*tensors, **kwargs)


def _padded_with_zeros(function: Compute, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Tensor:
    """Pad with 0 in place of a constant; other modes repeat what is there."""
    if isinstance(function, nn.ConstantPad2d):
        return F.pad(args[0], function.padding)
    if isinstance(function, nn.Module):
        repeated: Tensor = function(*args, **kwargs)
        return repeated
    return F.pad(args[0], *args[1:3], **{k: v for k, v in kwargs.items() if k != "value"})


def _with_zeros(call: Call) -> Compute:
    """Padding delivers each spike where it repeats it, and no other: the constant is no spike."""
    return lambda *args, **kwargs: _padded_with_zeros(call.function, args, kwargs)


def _never(call: Call) -> bool:
    return False


SYNAPSES = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)

OPERATIONS = [
    Operation("synapse", Kind.SYNAPSE, SYNAPSES),
    Operation(
        "ReLU",
        Kind.SITE,
        (nn.ReLU, F.relu, torch.relu, torch.relu_, F.relu_, "relu", "relu_"),
    ),
    Operation(
        "sum",
        Kind.WIRING,
        (operator.add, operator.iadd, torch.add, "add", "add_"),
        routes=_without_numbers,
        indicate=_of_both,
        without_bias=_without_number,
        adds=True,
    ),
    Operation(
        "difference",
        Kind.WIRING,
        (operator.sub, operator.isub, torch.sub, "sub", "sub_"),
        routes=_without_numbers,
        indicate=_of_both,
        without_bias=_without_number,
        adds=True,
    ),
    Operation(
        "product with a number",
        Kind.WIRING,
        (operator.mul, torch.mul, "mul"),
        accepts=_of_one_tensor,
        indicate=_once,
    ),
    Operation(
        "quotient by a number",
        Kind.WIRING,
        (operator.truediv, torch.div, "div"),
        accepts=_by_a_number,
        indicate=_once,
    ),
    Operation("negation", Kind.WIRING, (operator.neg, torch.neg, "neg"), indicate=_once),
    Operation("concatenation", Kind.WIRING, (torch.cat, torch.concat)),
    Operation("slice", Kind.WIRING, (operator.getitem,)),
    Operation("flatten", Kind.WIRING, (nn.Flatten, torch.flatten, "flatten")),
    Operation("copy", Kind.WIRING, ("contiguous", nn.Identity, nn.Dropout, nn.Dropout2d)),
    Operation("pixel shuffle", Kind.WIRING, (nn.PixelShuffle, F.pixel_shuffle)),
    Operation("pixel unshuffle", Kind.WIRING, (nn.PixelUnshuffle, F.pixel_unshuffle)),
    Operation("channel shuffle", Kind.WIRING, (nn.ChannelShuffle, torch.channel_shuffle)),
    Operation(
        "padding",
        Kind.WIRING,
        (nn.ConstantPad2d, nn.ReflectionPad2d, nn.ReplicationPad2d, F.pad),
        indicate=_with_zeros,
        without_bias=_padded_with_zeros,
    ),
    Operation("average pool", Kind.WIRING, (nn.AvgPool2d, F.avg_pool2d), indicate=_to_every_window),
    Operation("nearest up-sampling", Kind.WIRING, (nn.UpsamplingNearest2d,)),
    Operation("bilinear up-sampling", Kind.WIRING, (nn.UpsamplingBilinear2d,), routes=_never),
    Operation("interpolation", Kind.WIRING, (nn.Upsample, F.interpolate), routes=_nearest),
    Operation(
        "constant map",
        Kind.WIRING,
        (torch.full_like, torch.ones_like, torch.zeros_like),
        accepts=_no_tensor_but_the_shape,
        routes=_never,
        fills=True,
    ),
]


def operation(call: Call) -> Operation | None:
    """Return the entry of the table for a call, None where it has none or cannot be converted."""
    found = (
        _of_module(call.target) if isinstance(call.target, nn.Module) else _BY_NAME.get(call.target)
    )
    return found if found and found.accepts(call) else None


def _of_module(module: nn.Module) -> Operation | None:
    """Return the entry of a module, or of the nearest class that it derives from."""
    return next((_BY_NAME[kind] for kind in type(module).__mro__ if kind in _BY_NAME), None)


_BY_NAME: dict[Any, Operation] = {target: found for found in OPERATIONS for target in found.targets}
