"""Convolutions whose input is mostly zero."""

import ctypes

import torch
from torch import Tensor, nn

from spikebench.errors import BenchError
from spikebench.snn.native.library import fits, library, parallel

LANES = 8  # floats in a vector of the kernel
BLOCK = 64  # output channels it sums at once, at most
DENSEST = 0.4  # share of non-zero inputs up to which events are faster (benchmarks/event_conv.py)
SMALLEST = 8  # rows a thread


class EventConv:
    """A convolution that adds one row of weights for each event and tap.

    The sums run over kernel rows, kernel columns and channels in this order, whatever the number of
    threads. In float32 they may differ from PyTorch's by rounding.
    """

    def __init__(self, module: nn.Conv2d) -> None:
        self.module = module
        weights = module.weight.detach().chunk(module.groups)  # (C_out / groups, C_in / groups, ..)
        # (group, first of its output channels, (rows, columns, C_in / groups, channels))
        self.blocks = [
            (group, first, block.permute(2, 3, 1, 0).contiguous())
            for group, weight in enumerate(weights)
            for first, block in zip(range(0, len(weight), BLOCK), weight.split(BLOCK), strict=True)
        ]
        self.no_bias = torch.zeros(module.out_channels)
        self.bias = self.no_bias if module.bias is None else module.bias.detach()

    @staticmethod
    def suits(module: nn.Module) -> bool:
        """Tell whether the kernel computes this layer: a float32 convolution of stride 1, zeros
        around its input, an output as large as its input, channels in whole vectors.
        """
        if type(module) is not nn.Conv2d or module.weight.dtype != torch.float32:
            return False
        geometry = zip(module.padding, module.dilation, module.kernel_size, strict=False)
        same = not isinstance(module.padding, str) and all(
            2 * padding == dilation * (size - 1) for padding, dilation, size in geometry
        )
        whole = (module.out_channels // module.groups) % LANES == 0
        return same and whole and module.stride == (1, 1) and module.padding_mode == "zeros"

    def __call__(self, value: Tensor, *, bias: bool) -> Tensor:
        """Return the currents (N, C_out, H, W) for spikes (N, C_in, H, W), both channels-last."""
        number, _, height, width = value.shape
        shape = (number, self.module.out_channels, height, width)
        result = torch.empty(shape, memory_format=torch.channels_last)
        offset = self.bias if bias else self.no_bias
        for index in range(number):
            for block in self.blocks:
                self._run(value[index], offset, result[index], *block)
        return result

    def _run(
        self, value: Tensor, bias: Tensor, result: Tensor, group: int, first: int, weight: Tensor
    ) -> None:
        module, (height, width) = self.module, value.shape[-2:]
        rows, columns, channels, wide = weight.shape
        first += group * (module.out_channels // module.groups)
        places = [
            ctypes.c_void_p(tensor.data_ptr() + 4 * offset)
            for tensor, offset in (
                (value, group * channels),
                (weight, 0),
                (bias, first),
                (result, first),
            )
        ]
        shape = (height, width, channels, wide // LANES, module.in_channels, module.out_channels)
        kernel = (rows, columns, *module.padding, *module.dilation)

        def run(start: int, end: int) -> None:
            if library("event_conv").event_conv(*places, *shape, *kernel, start, end):
                raise BenchError(f"No memory for the events of a map of {height} x {width} pixels.")

        parallel(run, height, SMALLEST)


def event_conv(module: nn.Module, value: Tensor) -> EventConv | None:
    """Return the event-driven form of a layer, or None where it has none for such a value."""
    fitting = fits(value) and EventConv.suits(module)
    return EventConv(module) if fitting else None
