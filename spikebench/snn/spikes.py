"""What kind of spikes a tensor holds, and how many: audited from the numbers, never declared."""

from enum import IntEnum

import torch
from torch import Tensor

from spikebench.snn.levels import power_below

MOST_SPIKES_A_STEP = 127  # numbers are int8
MOST_DIGITS = 8  # a graded spike of more binary digits than this counts as analogue


class SpikeKind(IntEnum):
    """Alphabets of spikes from the poorest to the richest; a row's class is its richest."""

    NONE = 0
    BINARY = 1
    SIGNED = 2
    BURST = 3
    GRADED = 4
    ANALOGUE = 5


def audit(number: Tensor) -> tuple[SpikeKind, Tensor]:
    """Return the kind of the spike numbers n and the multiplicity of each, as bool or int8.

    A binary or signed spike has multiplicity 1, a burst of n counts n, a graded spike counts one
    event for each binary digit (+-theta/2^k is one digit). Whatever is no short sum of powers of
    two is analogue; its multiplicity is 1 where it is not zero.
    """
    if number.dtype == torch.bool:
        return SpikeKind.BINARY, number
    if number.dtype.is_floating_point:
        return _digits(number)
    low, high = (int(bound) for bound in torch.aminmax(number))
    if max(-low, high) > 1:
        return SpikeKind.BURST, number.abs()
    return (SpikeKind.SIGNED, number.abs()) if low < 0 else (SpikeKind.BINARY, number)


def _digits(number: Tensor) -> tuple[SpikeKind, Tensor]:
    """Count the binary digits of each |n|, taking off the leading power of two again and again."""
    rest = number.abs()
    count = torch.zeros_like(number, dtype=torch.int8)
    for _ in range(MOST_DIGITS):
        spikes = rest > 0
        if not spikes.any():
            return SpikeKind.GRADED, count
        count.add_(spikes)
        rest = rest - power_below(rest)
    if not (rest > 0).any():
        return SpikeKind.GRADED, count
    return SpikeKind.ANALOGUE, (number != 0).to(torch.int8)
