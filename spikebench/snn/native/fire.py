"""Neuron steps that pass over their memory once."""

import ctypes

import torch
from torch import Tensor

from spikebench.snn.native.library import available, fits, library, parallel

SMALLEST = 1 << 14  # values a thread
GRADED = {"multi_threshold", "differential"}  # kernels whose spikes are graded


def fused(
    kernel: str,
    v: Tensor,
    current: Tensor,
    theta: Tensor,
    shift: Tensor | float,
    out: Tensor | None,
    *more: Tensor | int | float | None,
) -> tuple[Tensor, Tensor] | None:
    """Advance membranes by one step; return spikes and their numbers, both (N, C, H, W).

    `kernel` names a function of neurons.c, `more` are the arguments it takes after the numbers,
    which are float32 where spikes are graded, else int8. None where the kernels do not fit the
    maps, which are unchanged then.
    """
    if not fits(v, current):
        return None
    spikes = torch.empty_like(v) if out is None else out
    number = torch.empty_like(v, dtype=torch.float32 if kernel in GRADED else torch.int8)
    channels = v.shape[1]
    per_channel = [_spread(value, channels) for value in (theta, shift)]
    function = getattr(library("neurons"), kernel)

    def run(begin: int, end: int) -> None:
        at = begin * channels
        function(
            _place(v, at),
            _place(current, at),
            *(_place(value, 0) for value in per_channel),
            _place(spikes, at),
            _place(number, at),
            *(_argument(item, at) for item in more),
            ctypes.c_int64(end - begin),
            ctypes.c_int64(channels),
        )

    parallel(run, v.numel() // channels, 1 + SMALLEST // channels)
    return spikes, number


def count(number: Tensor, counts: Tensor) -> tuple[int, int, int] | None:
    """Add |n| to `counts` (int16) for n of int8; return the events, the least and the largest n.

    None where the maps do not fit the kernel; `counts` is unchanged then.
    """
    if number.dtype != torch.int8 or not _alike(number, counts):
        return None
    found = (ctypes.c_int64 * 3)()
    library("neurons").count_spikes(
        _place(number, 0), _place(counts, 0), ctypes.c_int64(number.numel()), found
    )
    return tuple(found)


def count_digits(number: Tensor, counts: Tensor, *, signed: bool, most: int) -> int | None:
    """Add the binary or signed digits of each n, of float32, to `counts`; return the events.

    None where a number has more than `most` digits or the maps do not fit; `counts` is unchanged
    then.
    """
    if number.dtype != torch.float32 or not _alike(number, counts):
        return None
    found, size = (ctypes.c_int64 * 1)(), ctypes.c_int64(number.numel())
    library("neurons").count_digits(_place(number, 0), _place(counts, 0), size, found, signed, most)
    return None if found[0] < 0 else found[0]


def sum_channels(counts: Tensor) -> Tensor | None:
    """Return the sums over channels (N, 1, H, W), int32, of counts (N, C, H, W), int16.

    None where the map does not fit the kernel.
    """
    layout = torch.channels_last
    if counts.dim() != 4 or not counts.is_contiguous(memory_format=layout) or not available():
        return None
    number, channels, height, width = counts.shape
    sums = torch.empty((number, 1, height, width), dtype=torch.int32)
    library("neurons").sum_channels(
        _place(counts, 0),
        _place(sums, 0),
        ctypes.c_int64(sums.numel()),
        ctypes.c_int64(channels),
    )
    return sums


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
    per_channel = _spread(theta, channels)
    getattr(library("neurons"), kernels[number.dtype])(
        _place(values, 0),
        _place(number, 0),
        _place(per_channel, 0),
        ctypes.c_float(factor),
        found,
        ctypes.c_int64(values.numel() // channels),
        ctypes.c_int64(channels),
    )
    return found[0], found[1]


def _alike(number: Tensor, counts: Tensor) -> bool:
    """Tell whether both maps lie in memory in one order and without gaps, and kernels are there."""
    dense = number.is_contiguous() or (
        number.dim() == 4 and number.is_contiguous(memory_format=torch.channels_last)
    )
    batch = number.shape[0] == 1  # whose stride then says nothing, such as that of a band's rows
    return available() and dense and number.stride()[batch:] == counts.stride()[batch:]


def _spread(value: Tensor | float, channels: int) -> Tensor:
    """Return one float32 for each channel."""
    flat = torch.as_tensor(value, dtype=torch.float32).flatten()
    return flat.expand(channels).contiguous() if flat.numel() == 1 else flat.contiguous()


def _argument(
    item: Tensor | int | float | None, offset: int
) -> ctypes.c_void_p | ctypes.c_float | int | None:
    if isinstance(item, Tensor):
        return _place(item, offset)
    return ctypes.c_float(item) if isinstance(item, float) else item


def _place(value: Tensor, offset: int) -> ctypes.c_void_p:
    return ctypes.c_void_p(value.data_ptr() + offset * value.element_size())
