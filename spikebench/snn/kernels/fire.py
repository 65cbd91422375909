"""Neuron steps, and counts, that pass over their memory once."""

import ctypes
import functools
import warnings
from collections.abc import Sequence
from types import ModuleType

import torch
from torch import Tensor

from spikebench.snn.kernels.launch import Launch
from spikebench.snn.kernels.library import VALUES, fits, library, parallel
from spikebench.snn.kernels.structures import address, pointer, spread


def fire(launches: Sequence[Launch], currents: Sequence[Tensor]) -> list[Tensor] | None:
    """Advance membranes by some steps; return the numbers of spikes n of each, (N, C, H, W).

    They are float32 where spikes are graded, else int8. None where the kernel does not fit the
    maps, which are unchanged then. Membranes stay in the cache from step to step, on a GPU in a
    register.
    """
    if currents[0].is_cuda:
        return gpu.fire(launches, currents) if (gpu := gpu_kernels()) else None
    if not (launches[0].fits and fits(*currents)):
        return None
    steps = [
        (launch.prepare(), current) for launch, current in zip(launches, currents, strict=True)
    ]
    channels = currents[0].shape[1]
    cached = 1 + VALUES // channels

    def run(begin: int, end: int) -> None:
        for first in range(begin, end, cached):
            places = ctypes.c_int64(first), ctypes.c_int64(min(first + cached, end))
            for ready, current in steps:
                layer = ctypes.byref(ready.layer)
                ready.function(layer, pointer(current, first * channels), *places)

    parallel(run, currents[0].numel() // channels, cached)
    return [ready.number for ready, _ in steps]


@functools.cache
def gpu_kernels() -> ModuleType | None:
    """Return the kernels of a GPU; None, with one warning, where they do not run here."""
    try:
        from spikebench.snn.kernels import on_gpu as kernels  # imports triton

        kernels.probe(torch.device("cuda"))
    except Exception as error:  # of Triton, of the C compiler that it calls, of the driver
        warnings.warn(
            "Neurons take their steps on the GPU one after the other in PyTorch, which is slower "
            f"and gives the same numbers: Triton does not run here ({type(error).__name__}: "
            f"{error}). PyTorch's builds for CUDA bring it, and it needs a C compiler.",
            stacklevel=2,
        )
        return None
    return kernels


def values(number: Tensor, theta: Tensor) -> Tensor | None:
    """Return theta * n in float32 for n of int8; None where the map does not fit the kernel."""
    result = torch.empty_like(number, dtype=torch.float32)
    if (number.dtype, theta.dtype) != (torch.int8, torch.float32) or not fits(result):
        return None
    channels = number.shape[1]
    worth = spread(theta, channels)

    def run(begin: int, end: int) -> None:
        library("neurons").values_of_spikes(
            pointer(number, begin * channels),
            pointer(worth),
            pointer(result, begin * channels),
            ctypes.c_int64(end - begin),
            ctypes.c_int64(channels),
        )

    parallel(run, number.numel() // channels, 1 + VALUES // channels)
    return result


def add_values(numbers: Sequence[Tensor], theta: Tensor, sums: Tensor) -> bool:
    """Add theta * n of each step to `sums`, float32, in turn, for n of int8.

    Return whether the maps fit the kernel; `sums` is unchanged where they do not.
    """
    whole = all(
        number.dtype == torch.int8 and fits(number, dtypes=(torch.int8,)) for number in numbers
    )
    if not (whole and theta.dtype == torch.float32 and fits(sums)):
        return False
    channels = sums.shape[1]
    worth = spread(theta, channels)

    def run(begin: int, end: int) -> None:
        first = begin * channels
        library("neurons").add_values(
            (ctypes.c_void_p * len(numbers))(*(address(number, first) for number in numbers)),
            len(numbers),
            pointer(worth),
            pointer(sums, first),
            ctypes.c_int64(end - begin),
            ctypes.c_int64(channels),
        )

    parallel(run, sums.numel() // channels, 1 + VALUES // channels)
    return True


def largest_difference(
    values: Tensor, number: Tensor, theta: Tensor, factor: float
) -> tuple[float, float] | None:
    """Return the largest |values - factor * theta * n| and the largest |theta * n|.

    `number` is bool, int8 or float32. None where the maps do not fit.
    """
    number = number.view(torch.int8) if number.dtype == torch.bool else number
    kernels = {torch.int8: "largest_difference", torch.float32: "largest_graded_difference"}
    if number.dtype not in kernels or not fits(values) or values.stride() != number.stride():
        return None
    channels, found = values.shape[1], (ctypes.c_float * 2)()
    per_channel = spread(theta, channels)
    getattr(library("neurons"), kernels[number.dtype])(
        pointer(values),
        pointer(number),
        pointer(per_channel),
        ctypes.c_float(factor),
        found,
        ctypes.c_int64(values.numel() // channels),
        ctypes.c_int64(channels),
    )
    return found[0], found[1]
