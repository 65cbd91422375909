"""Wiring that moves values and leaves them as they are: every spike arrives as a spike."""

import operator
from collections.abc import Callable
from typing import Any

import torch
import torch.fx
import torch.nn.functional as F
from torch import Tensor, nn

from spikebench.snn.graph.call import Call, Compute
from spikebench.snn.graph.nodes import Kind
from spikebench.snn.graph.operations.operation import Operation, always, is_constant
from spikebench.snn.graph.tracing.maps import from_map, to_map
from spikebench.snn.graph.tracing.parts import SPLITS, part

PADS = (
    *(nn.ConstantPad2d, nn.ZeroPad2d, nn.ReflectionPad2d, nn.ReplicationPad2d),
    *(nn.CircularPad2d, F.pad),
)


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


def _at_fixed_places(call: Call) -> bool:
    """Tell whether an index holds no tensor that is computed."""
    places: list[torch.fx.Node] = []
    torch.fx.node.map_arg(call.node.args[1], places.append)
    return all(is_constant(place) for place in places)


def _of_a_split(call: Call) -> bool:
    return call.node.args[0] in SPLITS


def _evaluated(call: Call) -> bool:
    return call.option("training", 2, True) is False


def _keeps_the_type(call: Call) -> bool:
    """Tell whether a conversion names a device alone."""
    return not any(isinstance(a, torch.dtype | torch.fx.Node) for a in call.arguments[1:])


def _moving(
    name: str,
    *targets: Any,
    dimensions: bool = True,
    accepts: Callable[[Call], bool] = always,
    written: str = "",
) -> Operation:
    return Operation(
        name=name,
        kind=Kind.WIRING,
        targets=targets,
        changes_dimensions=dimensions,
        accepts=accepts,
        written=written,
    )


LAYOUT = (
    _moving("concatenation", torch.cat, torch.concat, dimensions=False),
    _moving("stack", torch.stack),
    _moving("slice", operator.getitem, dimensions=False, accepts=_at_fixed_places),
    _moving(
        *("part of a chunk or split", part),
        dimensions=False,
        accepts=_of_a_split,
        written="`chunk`, `split`, `unbind`, `tensor_split`",
    ),
    _moving("flatten", nn.Flatten, torch.flatten, "flatten", nn.Unflatten, "unflatten"),
    _moving("reshape", torch.reshape, "reshape", "view", "view_as", "reshape_as"),
    _moving("permutation", torch.permute, "permute", torch.movedim, "movedim"),
    _moving("transposition", torch.transpose, "transpose", torch.swapaxes, "swapaxes"),
    _moving("squeeze", torch.squeeze, "squeeze", torch.unsqueeze, "unsqueeze"),
    _moving("map of tokens", to_map, from_map, written="around a layer or activation on tokens"),
    _moving("roll", torch.roll, "roll", dimensions=False),
    _moving("flip", torch.flip, "flip", dimensions=False),
    _moving("repetition", "expand", "expand_as", "repeat", torch.tile, "tile"),
    _moving("windows", nn.Unfold, F.unfold, nn.Fold, F.fold),
    _moving(
        *("copy", "contiguous", "clone", "detach", torch.clone),
        *(nn.Identity, nn.Dropout, nn.Dropout2d),
        dimensions=False,
    ),
    _moving("dropout", F.dropout, F.dropout2d, dimensions=False, accepts=_evaluated),
    _moving("device", "to", dimensions=False, accepts=_keeps_the_type),
    _moving("pixel shuffle", nn.PixelShuffle, F.pixel_shuffle, dimensions=False),
    _moving("pixel unshuffle", nn.PixelUnshuffle, F.pixel_unshuffle, dimensions=False),
    _moving("channel shuffle", nn.ChannelShuffle, torch.channel_shuffle, dimensions=False),
    Operation(
        name="padding",
        kind=Kind.WIRING,
        targets=PADS,
        indicate=_with_zeros,
        without_bias=_padded_with_zeros,
    ),
)
