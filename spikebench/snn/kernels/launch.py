"""A step of neurons that a kernel takes, and what the compiled kernels are given for it."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from spikebench.snn.kernels.library import fits, library
from spikebench.snn.kernels.structures import Layer, address, addresses, floats, spread


@dataclass(frozen=True)
class Kernel:
    """A function of neurons.c that advances neurons; its spikes are int8, or `graded` floats."""

    function: str
    graded: bool = False


@dataclass(frozen=True)
class Launch:
    """A step that a kernel takes: all but its currents.

    `memory` are the maps, and `constants` the numbers, that it has besides membranes `v`,
    thresholds and shifts.
    """

    kernel: Kernel
    v: Tensor
    theta: Tensor
    shift: Tensor | float
    memory: tuple[Tensor | None, ...] = ()
    constants: tuple[float, ...] = ()

    @property
    def fits(self) -> bool:
        """Tell whether the kernel can work on these maps."""
        return fits(self.v)

    def prepare(self) -> "Prepared":
        """Return what the C functions are given, and the map that receives the numbers."""
        dtype = torch.float32 if self.kernel.graded else torch.int8
        number = torch.empty_like(self.v, dtype=dtype)
        channels = self.v.shape[1]
        theta, shift = spread(self.theta, channels), spread(self.shift, channels)
        layer = Layer(
            *map(address, (self.v, theta, shift, number)),
            addresses(map(address, self.memory)),
            floats(self.constants),
            channels,
        )
        function = getattr(library("neurons"), self.kernel.function)
        return Prepared(function, layer, number, (theta, shift))


@dataclass(frozen=True)
class Prepared:
    """A kernel, its layer, the numbers n (N, C, H, W) it will write, and what must outlive it."""

    function: Any  # of ctypes
    layer: Layer
    number: Tensor
    kept: tuple[Tensor, ...]
