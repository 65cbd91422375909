"""What a synapse (conv, transposed conv, linear) computes, costs and reaches."""

import functools
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Synapse = nn.Conv2d | nn.ConvTranspose2d | nn.Linear


def current(module: Synapse, value: Tensor, *, bias: bool = True) -> Tensor:
    """Return the currents W*value (+ b) that the synapse sends on. Shapes as in torch.nn."""
    offset = module.bias if bias else None
    if isinstance(module, nn.Conv2d):
        found: Tensor = module._conv_forward(value, module.weight, offset)
        return found
    if isinstance(module, nn.Linear):
        return F.linear(value, module.weight, offset)
    return F.conv_transpose2d(
        value,
        module.weight,
        offset,
        module.stride,
        _pair(module.padding),
        module.output_padding,
        module.groups,
        module.dilation,
    )


def _pair(padding: tuple[int, ...] | str) -> tuple[int, ...]:
    assert not isinstance(padding, str)  # PyTorch refuses words for transposed convolutions
    return padding


def dense_macs(module: Synapse, value: Tensor, result: Tensor) -> int:
    """Return the multiply-accumulates of the dense operation, borders included (as fvcore counts).

    `value` and `result` are its input and output; one fused multiply-add is one MAC.
    """
    if isinstance(module, nn.Linear):
        return result.numel() * module.in_features
    window = module.kernel_size[0] * module.kernel_size[1]
    if isinstance(module, nn.ConvTranspose2d):
        return value.numel() * (module.out_channels // module.groups) * window
    return result.numel() * (module.in_channels // module.groups) * window


def fan_out(module: Synapse, shape: torch.Size) -> Tensor:
    """Return how many outputs an event at each input position reaches, exactly.

    Shape (1, 1, H, W) in float64 for an input (N, C, H, W): borders, stride, dilation, groups and
    the cropping of transposed convolutions included. An event's reach is the gradient of the sum
    of outputs with all weights set to 1, and it is the same for every channel. A linear layer
    reaches all its outputs from everywhere.
    """
    if isinstance(module, nn.Linear):
        return torch.full((1,) * len(shape), module.out_features, dtype=torch.float64)
    names = ["kernel_size", "stride", "padding", "dilation", "padding_mode"]
    names += ["output_padding"] if isinstance(module, nn.ConvTranspose2d) else []
    geometry = tuple((name, getattr(module, name)) for name in names)
    transposed = isinstance(module, nn.ConvTranspose2d)
    reach = _reach_of_one_channel(transposed, geometry, (shape[-2], shape[-1]))
    return reach * (module.out_channels // module.groups)


@functools.lru_cache(maxsize=16)  # most layers of a network are alike
def _reach_of_one_channel(
    transposed: bool,
    geometry: tuple[tuple[str, Any], ...],
    sides: tuple[int, int],
) -> Tensor:
    """Rows and columns do not depend on each other, so that two lines say it all."""
    rows, columns = (
        _reach_along(axis, side, transposed, geometry) for axis, side in enumerate(sides)
    )
    return (rows[:, None] * columns)[None, None]


def _reach_along(
    axis: int, side: int, transposed: bool, geometry: tuple[tuple[str, Any], ...]
) -> Tensor:
    along: dict[str, Any] = {
        name: value if isinstance(value, str) else value[axis] for name, value in geometry
    }
    with torch.inference_mode(False), torch.enable_grad():
        kind = nn.ConvTranspose1d if transposed else nn.Conv1d
        single = kind(1, 1, bias=False, dtype=torch.float64, **along)
        nn.init.ones_(single.weight)
        position = torch.zeros(1, 1, side, dtype=torch.float64, requires_grad=True)
        (reach,) = torch.autograd.grad(single(position).sum(), position)
    return reach[0, 0]
