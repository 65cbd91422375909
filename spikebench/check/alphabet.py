"""Kind and number of the spikes in a tensor, value by value, as a check on `snn.spikes`."""

from torch import Tensor

from spikebench.snn.spikes import MOST_DIGITS, SpikeKind


def alphabet(number: Tensor) -> SpikeKind:
    """Return the poorest kind that holds all spike numbers of a tensor."""
    values = set(number.double().unique().tolist())
    if values <= {0.0}:
        return SpikeKind.NONE
    if values <= {0.0, 1.0}:
        return SpikeKind.BINARY
    if values <= {-1.0, 0.0, 1.0}:
        return SpikeKind.SIGNED
    if not number.dtype.is_floating_point:
        return SpikeKind.BURST
    short = all(digits(value) <= MOST_DIGITS for value in values)
    return SpikeKind.GRADED if short else SpikeKind.ANALOGUE


def multiplicity(number: Tensor) -> Tensor:
    """Return how many spikes each number stands for, float64.

    A graded one stands for its binary digits, an analogue tensor for one wherever it is not zero.
    """
    count = number.double().clone()
    if alphabet(number) is SpikeKind.ANALOGUE:
        return (count != 0).double()
    return count.apply_(digits) if number.dtype.is_floating_point else count.abs()


def digits(number: float) -> int:
    """Return how many powers of two add up to |number|."""
    return abs(number.as_integer_ratio()[0]).bit_count()
