"""What kind of spikes a tensor holds, and how many: audited from the numbers, never declared."""

from typing import Literal, get_args

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.kernels import census
from spikebench.snn.model.spikes.levels import significand
from spikebench.snn.model.spikes.popcount import ones
from spikebench.spike_kinds import SpikeKind

MOST_SPIKES_A_STEP = 127  # numbers are int8
MOST_DIGITS = 8  # a graded spike of more digits than this counts as analogue

# Which powers of two a graded spike is sent as: those of one sign whose sum it is (7 = 4 + 2 + 1),
# or those of either sign in the non-adjacent form (7 = 8 - 1), the fewest possible.
Digits = Literal["binary", "signed"]


def audit(number: Tensor, digits: Digits = "binary") -> tuple[SpikeKind, Tensor]:
    """Return the kind of the spike numbers n and the multiplicity of each, as bool or int8.

    A binary or signed spike has multiplicity 1, a burst of n counts n, a graded spike counts one
    event for each non-zero digit of its binary or signed binary form (+-theta/2^k is one digit in
    either). Whatever is no short sum of powers of two is analogue; its multiplicity is 1 where it
    is not zero. Raises `BenchError` for an unknown kind of digits.
    """
    if number.dtype == torch.bool:
        return SpikeKind.BINARY, number
    if number.dtype.is_floating_point:
        return _graded(number, digits)
    low, high = (int(bound) for bound in torch.aminmax(number))
    return kind_of_whole(low, high), number.abs() if low < 0 else number


def count(number: Tensor, counts: Tensor, digits: Digits = "binary") -> tuple[SpikeKind, int]:
    """Add the multiplicities of `number` to `counts`; return the kind and the events.

    `counts` are int16, shaped like `number`, or int32 sums over its channels (N, 1, H, W). What
    `audit` tells, in one pass over memory where the kernels serve.
    """
    _check(digits)
    if number.dtype.is_floating_point:
        events = census.count_digits(number, counts, signed=digits == "signed", most=MOST_DIGITS)
        if events is not None:
            return SpikeKind.GRADED, events
    else:
        found = census.count(_as_int8(number), counts)
        if found is not None:
            return kind_of_whole(*found[1:]), found[0]
    kind, multiplicity = audit(number, digits)
    summed = counts.shape != multiplicity.shape
    counts.add_(multiplicity.sum(dim=1, keepdim=True) if summed else multiplicity)
    return kind, int(torch.count_nonzero(multiplicity))


def kind_of_whole(low: int, high: int) -> SpikeKind:
    """Return the kind of whole numbers between `low` and `high`."""
    if max(-low, high) > 1:
        return SpikeKind.BURST
    return SpikeKind.SIGNED if low < 0 else SpikeKind.BINARY


def _as_int8(number: Tensor) -> Tensor:
    return number.view(torch.int8) if number.dtype == torch.bool else number


def _check(digits: str) -> None:
    if digits not in get_args(Digits):
        raise BenchError(f"Graded spikes of {digits!r} digits; expected one of {get_args(Digits)}.")


def digits_of(number: Tensor, digits: Digits) -> Tensor:
    """Return the digits of each |n| = s * 2^e, int8, from its whole significand s.

    `number` is float32 or float64. Raises `BenchError` for an unknown kind of digits.
    """
    _check(digits)
    bits = significand(number)
    if digits == "signed":  # s and 3s differ where the form of 2s has its digits (Reitwiesner 1960)
        bits = bits ^ (3 * bits)
    return ones(bits).view(torch.int8)


def _graded(number: Tensor, digits: Digits) -> tuple[SpikeKind, Tensor]:
    count = digits_of(number, digits)
    if int(count.max()) <= MOST_DIGITS:
        return SpikeKind.GRADED, count
    return SpikeKind.ANALOGUE, (number != 0).to(torch.int8)
