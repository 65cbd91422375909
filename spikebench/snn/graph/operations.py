"""Which operations between synapses and neurons are linear wiring, and what they do to spikes.

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

import torch
import torch.nn.functional as F
from torch import Tensor, nn

ADDITIONS = {operator.add, torch.add, "add"}
SUBTRACTIONS = {operator.sub, torch.sub, "sub"}
DIVISIONS = {operator.truediv, torch.div, "div"}
SCALINGS = {operator.mul, torch.mul, "mul"} | DIVISIONS
NEGATIONS = {operator.neg, torch.neg, "neg"}
FILLS = {torch.full_like, torch.ones_like, torch.zeros_like}

OUT_OF_PLACE = {operator.iadd: operator.add, operator.isub: operator.sub} | {
    "add_": "add",
    "sub_": "sub",
}

ROUTING_MODULES = (
    nn.PixelShuffle,
    nn.PixelUnshuffle,
    nn.UpsamplingNearest2d,
    nn.AvgPool2d,
    nn.Flatten,
    nn.ZeroPad2d,
    nn.ReflectionPad2d,
    nn.ReplicationPad2d,
    nn.Identity,
    nn.Dropout,
    nn.Dropout2d,
)
ROUTING_CALLS = (
    ADDITIONS
    | SUBTRACTIONS
    | SCALINGS
    | NEGATIONS
    | {torch.cat, torch.concat, F.pixel_shuffle, F.pixel_unshuffle, F.avg_pool2d, F.pad}
    | {operator.getitem, torch.flatten, "flatten", "contiguous"}
)
INTERPOLATIONS = (nn.Upsample, nn.UpsamplingBilinear2d)


def is_linear(target: Callable | str | nn.Module) -> bool:
    """Tell whether a module, function or tensor method is known to be linear wiring."""
    if isinstance(target, nn.Module):
        return isinstance(target, ROUTING_MODULES + INTERPOLATIONS)
    return target in ROUTING_CALLS or target is F.interpolate


def routes_spikes(target: Callable | str | nn.Module, args: tuple, kwargs: dict) -> bool:
    """Tell whether what leaves the operation is still spikes when spikes enter it.

    Interpolation routes in mode "nearest" only; every other mode mixes neighbours with different
    coefficients. Adding a number adds a bias, which is no spike.
    """
    if target in ADDITIONS | SUBTRACTIONS:
        return not any(isinstance(arg, int | float) for arg in (*args, *kwargs.values()))
    if target is F.interpolate:
        return kwargs.get("mode", args[3] if len(args) > 3 else "nearest") == "nearest"
    if isinstance(target, nn.Upsample):
        return target.mode == "nearest"
    return not isinstance(target, INTERPOLATIONS)


def indicator(target: Callable | str | nn.Module) -> Callable[..., Tensor]:
    """Return the operation on event indicators: the same one with every coefficient set to 1.

    A subtraction delivers the spikes of both operands, a scaling delivers each spike once, and an
    average pool delivers each spike to every window that covers it.
    """
    if target in ADDITIONS | SUBTRACTIONS:
        return lambda events, others, **_: events + others
    if target in SCALINGS | NEGATIONS:
        return lambda *args, **kwargs: next(
            value for value in (*args, *kwargs.values()) if isinstance(value, Tensor)
        )
    if isinstance(target, nn.AvgPool2d):
        return lambda events: F.avg_pool2d(
            events,
            target.kernel_size,
            target.stride,
            target.padding,
            target.ceil_mode,
            divisor_override=1,
        )
    if target is F.avg_pool2d:
        return lambda events, *args, **kwargs: F.avg_pool2d(
            events, *args, **{**kwargs, "divisor_override": 1}
        )
    if isinstance(target, str):
        return getattr(torch.Tensor, target)
    return target
