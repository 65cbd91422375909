"""Neuron steps, and counts, that pass over their memory once."""

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from spikebench.snn.native.library import available, fits, library, parallel
from spikebench.snn.native.structures import Layer, address, array, pointer, spread

SMALLEST = 1 << 14  # values a thread
GRADED = {"multi_threshold", "differential"}  # kernels whose spikes are graded


@dataclass(frozen=True)
class Launch:
    """A step that the kernel `kernel` of neurons.c takes: all but its currents.

    `memory` are the maps, and `constants` the numbers, that it has besides membranes `v`,
    thresholds and shifts.
    """

    kernel: str
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
        graded = self.kernel in GRADED
        number = torch.empty_like(self.v, dtype=torch.float32 if graded else torch.int8)
        channels = self.v.shape[1]
        theta, shift = spread(self.theta, channels), spread(self.shift, channels)
        layer = Layer(
            *map(address, (self.v, theta, shift, number)),
            array(ctypes.c_void_p, map(address, self.memory)),
            array(ctypes.c_float, self.constants),
            channels,
        )
        return Prepared(getattr(library("neurons"), self.kernel), layer, number, (theta, shift))


@dataclass(frozen=True)
class Prepared:
    """A kernel, its layer, the numbers n (N, C, H, W) it will write, and what must outlive it."""

    function: ctypes._CFuncPtr
    layer: Layer
    number: Tensor
    kept: tuple[Tensor, ...]


def fire(launches: Sequence[Launch], currents: Sequence[Tensor]) -> list[Tensor] | None:
    """Advance membranes by some steps; return the numbers of spikes n of each, (N, C, H, W).

    They are float32 where spikes are graded, else int8. None where the kernel does not fit the
    maps, which are unchanged then. Membranes stay in the cache from step to step.
    """
    if not (launches[0].fits and fits(*currents)):
        return None
    steps = [
        (launch.prepare(), current) for launch, current in zip(launches, currents, strict=True)
    ]
    channels = currents[0].shape[1]
    cached = 1 + SMALLEST // channels

    def run(begin: int, end: int) -> None:
        for first in range(begin, end, cached):
            places = ctypes.c_int64(first), ctypes.c_int64(min(first + cached, end))
            for ready, current in steps:
                layer = ctypes.byref(ready.layer)
                ready.function(layer, pointer(current, first * channels), *places)

    parallel(run, currents[0].numel() // channels, cached)
    return [ready.number for ready, _ in steps]


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

    parallel(run, number.numel() // channels, 1 + SMALLEST // channels)
    return result


def count(number: Tensor, counts: Tensor) -> tuple[int, int, int] | None:
    """Add |n| to `counts` for n of int8; return the events, the least and the largest n.

    `counts` are int16, shaped like n (N, C, H, W), or int32 sums over the channels (N, 1, H, W).
    None where the maps do not fit the kernel; `counts` is unchanged then.
    """
    if number.dtype != torch.int8 or not _countable(number, counts):
        return None
    parts = []

    def run(begin: int, end: int) -> None:
        found = (ctypes.c_int64 * 3)()
        function, *arguments = _counter("count_spikes", number, counts, begin, end)
        function(*arguments, found)
        parts.append(tuple(found))

    _share(run, number, counts)
    events, least, most = zip(*parts, strict=True)
    return sum(events), min(least), max(most)


def count_digits(number: Tensor, counts: Tensor, *, signed: bool, most: int) -> int | None:
    """Add the binary or signed digits of each n, of float32, to `counts`; return the events.

    `counts` as in `count`. None where a number has more than `most` digits or the maps do not fit;
    `counts` is unchanged then.
    """
    if number.dtype != torch.float32 or not _countable(number, counts):
        return None
    most_digits, found, events = library("neurons").most_digits, [], []

    def look(begin: int, end: int) -> None:
        found.append(most_digits(pointer(number, begin), ctypes.c_int64(end - begin), signed))

    def run(begin: int, end: int) -> None:
        function, *arguments = _counter("count_digits", number, counts, begin, end)
        function.restype = ctypes.c_int64
        events.append(function(*arguments, signed, max(found) == 1))

    parallel(look, number.numel(), SMALLEST)
    if max(found) > most:
        return None
    _share(run, number, counts)
    return sum(events)


def _share(run: Callable[[int, int], None], number: Tensor, counts: Tensor) -> None:
    """Share positions where sums over channels are counted, else values, among threads."""
    channels = number.numel() // counts.numel()
    parallel(run, counts.numel(), 1 + SMALLEST // channels)


def _counter(name: str, number: Tensor, counts: Tensor, begin: int, end: int) -> tuple:
    """Return the function that counts elements `begin` to `end` of `counts`, and its arguments."""
    channels = number.numel() // counts.numel()
    places = pointer(number, begin * channels), pointer(counts, begin), ctypes.c_int64(end - begin)
    if counts.dtype == torch.int16:
        return getattr(library("neurons"), name), *places
    return getattr(library("neurons"), f"{name}_at"), *places, ctypes.c_int64(channels)


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


def _countable(number: Tensor, counts: Tensor) -> bool:
    """Tell whether both maps lie in memory in one order and without gaps, and kernels are there."""
    if counts.dtype == torch.int32:
        return fits(number, dtypes=(number.dtype,)) and counts.is_contiguous()
    dense = number.is_contiguous() or (
        number.dim() == 4 and number.is_contiguous(memory_format=torch.channels_last)
    )
    batch = number.shape[0] == 1  # whose stride then says nothing, such as that of a band's rows
    return available() and dense and number.stride()[batch:] == counts.stride()[batch:]
