"""The event loop that counts are compared with: every spike is sent to its targets one by one."""

from itertools import product

from torch import Tensor, nn


def targets(module: nn.Conv2d | nn.ConvTranspose2d | nn.Linear, shape, y: int, x: int) -> int:
    """Return how many outputs one event at (y, x) of an input of `shape` (..., H, W) reaches."""
    if isinstance(module, nn.Linear):
        return module.out_features
    land = _after_transposed if isinstance(module, nn.ConvTranspose2d) else _after
    kernel = product(range(module.kernel_size[0]), range(module.kernel_size[1]))
    reached = sum(
        land(module, 0, shape[-2], y, ky) and land(module, 1, shape[-1], x, kx) for ky, kx in kernel
    )
    return reached * module.out_channels // module.groups


def synops(module: nn.Module, spikes: Tensor) -> int:
    """Return the synaptic operations of spike numbers (N, C, H, W), or (N, F) at a linear layer."""
    total = 0
    for position in spikes.nonzero().tolist():
        y, x = position[-2:] if spikes.dim() == 4 else (0, 0)
        total += abs(int(spikes[tuple(position)])) * targets(module, spikes.shape, y, x)
    return total


def _after(module: nn.Conv2d, axis: int, size: int, position: int, k: int) -> bool:
    """Tell whether kernel element k carries an event at `position` to an output of the axis."""
    stride, padding, dilation, window = _geometry(module, axis)
    outputs = (size + 2 * padding - dilation * (window - 1) - 1) // stride + 1
    start = position + padding - k * dilation
    return start % stride == 0 and 0 <= start // stride < outputs


def _after_transposed(module: nn.ConvTranspose2d, axis: int, size: int, position: int, k: int):
    stride, padding, dilation, window = _geometry(module, axis)
    outputs = (size - 1) * stride - 2 * padding + dilation * (window - 1) + 1
    outputs += module.output_padding[axis]
    return 0 <= position * stride - padding + k * dilation < outputs


def _geometry(module: nn.Module, axis: int) -> tuple[int, int, int, int]:
    return (
        module.stride[axis],
        module.padding[axis],
        module.dilation[axis],
        module.kernel_size[axis],
    )
