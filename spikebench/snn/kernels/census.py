"""Counts of what neurons send, in one pass over memory or while they fire."""

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import Tensor

from spikebench.snn.kernels import structures
from spikebench.snn.kernels.library import VALUES, available, fits, library, parallel
from spikebench.snn.kernels.structures import address, pointer

Found = tuple[int, int, int]  # events, the least and the largest number
# Three numbers for each step, as a kernel leaves them
Finding: TypeAlias = "ctypes.Array[ctypes.c_int64]"


@dataclass(frozen=True)
class Census:
    """Running counts that are kept while neurons fire, where their numbers are in the cache.

    `counts` of rows `top` and on of a map: int16, (N, C, h, W), channels-last; or int32 sums over
    the channels, (N, 1, h, W).
    """

    counts: Tensor
    top: int = 0

    @property
    def fits(self) -> bool:
        """Tell whether a kernel can count into this map."""
        return fits(self.counts, dtypes=(torch.int16, torch.int32))

    def of(self, image: int) -> structures.Census:
        """Return what the C function is given for an image of the batch."""
        counts, rows = self.counts[image], self.counts.shape[2]
        function = ctypes.cast(_function("count_spikes", self.counts), ctypes.c_void_p)
        of_a_position = counts.element_size() * counts.shape[0]
        return structures.Census(
            function.value, address(counts), of_a_position, self.top, self.top + rows
        )


def nothing_found(steps: int) -> Finding:
    """Return what a kernel adds its findings of some steps to."""
    return (ctypes.c_int64 * (3 * steps))()


def joined(parts: Sequence[Finding]) -> list[Found]:
    """Return what was found in all parts of a map, for each step."""
    columns = list(zip(*parts, strict=True))  # of each number, what all parts say
    return [
        (sum(columns[k]), min(columns[k + 1]), max(columns[k + 2]))
        for k in range(0, len(columns), 3)
    ]


def count(number: Tensor, counts: Tensor) -> Found | None:
    """Add |n| to `counts` for n of int8; return the events, the least and the largest n.

    `counts` are int16, shaped like n (N, C, H, W), or int32 sums over the channels (N, 1, H, W).
    None where the maps do not fit the kernel; `counts` is unchanged then.
    """
    if number.dtype != torch.int8 or not _countable(number, counts):
        return None
    parts: list[Finding] = []

    def run(begin: int, end: int) -> None:
        found = nothing_found(1)
        function, *arguments = _counter("count_spikes", number, counts, begin, end)
        function(*arguments, found)
        parts.append(found)

    _share(run, number, counts)
    return joined(parts)[0]


def count_digits(number: Tensor, counts: Tensor, *, signed: bool, most: int) -> int | None:
    """Add the binary or signed digits of each n, of float32, to `counts`; return the events.

    `counts` as in `count`. None where a number has more than `most` digits or the maps do not fit;
    `counts` is unchanged then.
    """
    if number.dtype != torch.float32 or not _countable(number, counts):
        return None
    most_digits = library("neurons").most_digits
    found: list[int] = []
    events: list[int] = []

    def look(begin: int, end: int) -> None:
        found.append(most_digits(pointer(number, begin), ctypes.c_int64(end - begin), signed))

    def run(begin: int, end: int) -> None:
        function, *arguments = _counter("count_digits", number, counts, begin, end)
        function.restype = ctypes.c_int64
        events.append(function(*arguments, signed, max(found) == 1))

    parallel(look, number.numel(), VALUES)
    if max(found) > most:
        return None
    _share(run, number, counts)
    return sum(events)


def _share(run: Callable[[int, int], None], number: Tensor, counts: Tensor) -> None:
    """Share positions where sums over channels are counted, else values, among threads."""
    channels = number.numel() // counts.numel()
    parallel(run, counts.numel(), 1 + VALUES // channels)


def _counter(name: str, number: Tensor, counts: Tensor, begin: int, end: int) -> tuple[Any, ...]:
    """Return the function that counts elements `begin` to `end` of `counts`, and its arguments."""
    function, channels = _function(name, counts), number.numel() // counts.numel()
    sizes = ctypes.c_int64(end - begin), ctypes.c_int64(channels)
    return function, pointer(number, begin * channels), pointer(counts, begin), *sizes


def _function(name: str, counts: Tensor) -> Any:
    return getattr(library("neurons"), name if counts.dtype == torch.int16 else f"{name}_at")


def _countable(number: Tensor, counts: Tensor) -> bool:
    """Tell whether both maps lie in memory in one order and without gaps, and kernels are there."""
    if counts.dtype == torch.int32:
        return fits(number, dtypes=(number.dtype,)) and counts.is_contiguous()
    dense = number.is_contiguous() or (
        number.dim() == 4 and number.is_contiguous(memory_format=torch.channels_last)
    )
    batch = number.shape[0] == 1  # whose stride then says nothing, such as that of a band's rows
    return available() and dense and number.stride()[batch:] == counts.stride()[batch:]
