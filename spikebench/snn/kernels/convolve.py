"""Convolutions whose input is mostly zero."""

import ctypes
from collections.abc import Callable, Sequence
from functools import partial
from itertools import product
from typing import Any, TypeGuard

import torch
from torch import Tensor, nn

from spikebench.errors import BenchError
from spikebench.snn.kernels.census import Census, Finding, Found, joined, nothing_found
from spikebench.snn.kernels.launch import Launch
from spikebench.snn.kernels.library import fits, library, parallel
from spikebench.snn.kernels.structures import Input, Kernel, Layer, address, pointer, spread

LANES = 8  # floats in a vector of the kernel
BLOCK = 64  # output channels it sums at once, at most
DENSEST = 0.4  # share of non-zero inputs up to which events are faster (benchmarks/event_conv.py)
SMALLEST = 8  # rows a thread
NOBODY = (None, None)  # who takes the currents where they are wanted as a map


class EventConv:
    """A convolution that adds one row of weights for each event and tap.

    The sums run over kernel rows, kernel columns and channels in this order, whatever the number of
    threads. In float32 they may differ from PyTorch's by rounding. What arrives are values, or
    numbers of spikes and what one of them is worth, by channel.
    """

    def __init__(self, module: nn.Conv2d) -> None:
        self.module = module
        weights = module.weight.detach().chunk(module.groups)  # (C_out / groups, C_in / groups, ..)
        # (first of its input channels, first of its output channels, (rows, columns, C_in, C_out))
        self.blocks = [
            (group * weight.shape[1], group * len(weight) + first, _by_tap(block))
            for group, weight in enumerate(weights)
            for first, block in zip(range(0, len(weight), BLOCK), weight.split(BLOCK), strict=True)
        ]
        self.no_bias = torch.zeros(module.out_channels)
        self.bias = self.no_bias if module.bias is None else module.bias.detach()

    @staticmethod
    def suits(module: nn.Module) -> TypeGuard[nn.Conv2d]:
        """Tell whether the kernel computes this layer: a float32 convolution of stride 1, zeros
        around its input, an output as large as its input, channels in whole vectors.
        """
        if type(module) is not nn.Conv2d or module.weight.dtype != torch.float32:
            return False
        if isinstance(module.padding, str):
            return False
        geometry = zip(module.padding, module.dilation, module.kernel_size, strict=True)
        same = all(2 * padding == dilation * (size - 1) for padding, dilation, size in geometry)
        whole = (module.out_channels // module.groups) % LANES == 0
        return same and whole and module.stride == (1, 1) and module.padding_mode == "zeros"

    @property
    def feeds(self) -> bool:
        """Tell whether it can feed neurons directly: all their channels come in one block."""
        return len(self.blocks) == 1

    def __call__(self, value: Tensor, worth: Tensor | float = 1.0, *, bias: bool) -> Tensor:
        """Return the currents (N, C_out, H, W) of `worth` times `value` (N, C_in, H, W).

        `value` is float32 or int8, channels-last like the result; `worth` has one entry a channel.
        """
        shape = (len(value), self.module.out_channels, *value.shape[-2:])
        result = torch.empty(shape, memory_format=torch.channels_last)
        self._run([value], worth, bias=bias, result=result)
        return result

    def feed(
        self,
        launches: Sequence[Launch],
        values: Sequence[Tensor],
        worth: Tensor | float = 1.0,
        *,
        bias: bool,
        census: Census | None = None,
    ) -> tuple[list[Tensor], list[Found]]:
        """Advance neurons by a step for each of the `values`.

        Return their numbers at each step, and what the census found in them; nothing without one.
        The neurons take each part of their currents, and of their membranes for the next step, from
        the cache: there is no map of currents.
        """
        ready = [launch.prepare() for launch in launches]
        layers = (Layer * len(ready))(*(each.layer for each in ready))
        neurons = ctypes.cast(ready[0].function, ctypes.c_void_p), layers
        found = self._run(values, worth, bias=bias, neurons=neurons, census=census)
        return [each.number for each in ready], joined(found) if census else []

    def _run(
        self,
        values: Sequence[Tensor],
        worth: Tensor | float,
        *,
        bias: bool,
        result: Tensor | None = None,
        neurons: tuple[Any, Any] = NOBODY,
        census: Census | None = None,
    ) -> list[Finding]:
        """Give the currents to a map or to neurons: their kernel and their layer at each step.

        Return what the census found, part by part.
        """
        module, (batch, _, height, width) = self.module, values[0].shape
        offsets = self.bias if bias else self.no_bias
        worths = spread(worth, module.in_channels)
        kernel = Kernel(*module.kernel_size, *module.padding, *module.dilation)
        parts: list[Finding] = []
        for index, (first, to, weight) in product(range(batch), self.blocks):
            start = index * height * width  # the image's first position in the batch
            arriving = (
                Input(
                    address(value, start * module.in_channels + first),
                    address(worths, first),
                    value.dtype == torch.int8,
                    width,
                    weight.shape[2],
                    module.in_channels,
                )
                for value in values
            )
            convolve = partial(
                library("event_conv").event_conv,
                (Input * len(values))(*arriving),
                len(values),
                ctypes.byref(kernel),
                pointer(weight),
                weight.shape[3] // LANES,
                pointer(offsets, to),
                pointer(result, to),
                module.out_channels,
                height,
                ctypes.c_int64(start),
                *neurons,
                ctypes.byref(census.of(index)) if census else None,
            )
            parallel(partial(_convolve, convolve, len(values), parts), height, SMALLEST)
        return parts


def _convolve(
    convolve: Callable[..., int], steps: int, parts: list[Finding], begin: int, end: int
) -> None:
    found = nothing_found(steps)
    if convolve(found, begin, end):
        raise BenchError(
            f"No memory for the events of {end - begin} rows. Use fewer threads or smaller images."
        )
    parts.append(found)


def _by_tap(weight: Tensor) -> Tensor:
    """Return weights (C_out, C_in, rows, columns) as (rows, columns, C_in, C_out)."""
    return weight.permute(2, 3, 1, 0).contiguous()


def event_conv(module: nn.Module, value: Tensor) -> EventConv | None:
    """Return the event-driven form of a layer, or None where it has none for such a value."""
    if fits(value, dtypes=(torch.float32, torch.int8)) and EventConv.suits(module):
        return EventConv(module)
    return None
