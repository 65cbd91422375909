"""Kind and number of the spikes in a tensor, value by value: a check on `snn.model.spikes`."""

from collections.abc import Callable

from torch import Tensor

from spikebench.snn.model.spikes.audit import MOST_DIGITS, Digits
from spikebench.spike_kinds import SpikeKind


def alphabet(number: Tensor, form: Digits) -> SpikeKind:
    """Return the poorest kind that holds all spike numbers of a tensor, sent in such digits."""
    values = set(number.double().unique().tolist())
    if values <= {0.0}:
        return SpikeKind.NONE
    if values <= {0.0, 1.0}:
        return SpikeKind.BINARY
    if values <= {-1.0, 0.0, 1.0}:
        return SpikeKind.SIGNED
    if not number.dtype.is_floating_point:
        return SpikeKind.BURST
    short = all(COUNT[form](value) <= MOST_DIGITS for value in values)
    return SpikeKind.GRADED if short else SpikeKind.ANALOGUE


def multiplicity(number: Tensor, form: Digits) -> Tensor:
    """Return how many spikes each number stands for, float64.

    A graded one stands for its digits, an analogue tensor for one wherever it is not zero.
    """
    count = number.double().clone()
    if alphabet(number, form) is SpikeKind.ANALOGUE:
        return (count != 0).double()
    return count.apply_(COUNT[form]) if number.dtype.is_floating_point else count.abs()


def binary_digits(number: float) -> int:
    """Return how many powers of two add up to |number|."""
    return abs(number.as_integer_ratio()[0]).bit_count()


def signed_digits(number: float) -> int:
    """Return how many powers of two of either sign the non-adjacent form of a number has.

    From the lowest place upwards: an odd rest takes the digit that leaves a multiple of four, so
    that the next digit is 0.
    """
    rest, count = abs(number.as_integer_ratio()[0]), 0
    while rest:
        if rest % 2:
            rest -= 2 - rest % 4
            count += 1
        rest //= 2
    return count


COUNT: dict[Digits, Callable[[float], int]] = {"binary": binary_digits, "signed": signed_digits}
