"""Does a neuron send what it says it sends? Counts rest on the numbers n, the next layer on values.

A neuron of a method's own may return values that are not theta * n. Its spikes are then analogue,
whatever n says, and the synapses behind it pay multiply-accumulates.
"""

import torch
from torch import Tensor

from spikebench.snn.kernels.fire import largest_difference
from spikebench.snn.model.neuron import Neuron
from spikebench.snn.model.spikes.spikemap import SpikeMap

TOLERANCE = 1e-5  # of the largest value: rounding in float32


def is_faithful(neuron: Neuron, theta: Tensor, number: Tensor, values: Tensor | SpikeMap) -> bool:
    """Tell whether `values` are theta times `number`, both (N, C, H, W), up to one factor for all.

    `theta` is the threshold that the neuron was placed with; one that has changed since is none.
    """
    if not is_same(neuron.theta, theta):
        return False
    if isinstance(values, SpikeMap):  # has no values but those of its numbers
        return True
    return _proportional(values, number, theta)


def faithful_there(
    neuron: Neuron, theta: Tensor, number: Tensor, values: Tensor | SpikeMap
) -> Tensor:
    """Return what `is_faithful` says as a bool () where the maps lie, and do not wait for it."""
    if neuron.theta.shape != theta.shape:
        return torch.zeros((), dtype=torch.bool, device=number.device)
    same = (neuron.theta == theta).all().to(number.device)
    if isinstance(values, SpikeMap):
        return same
    expected = number.to(values.dtype) * theta
    largest, place = expected.abs().reshape(-1).max(dim=0)
    factor = values.reshape(-1)[place.view(1)] / expected.reshape(-1)[place.view(1)]
    left = (values - factor * expected).abs().max()
    alike = left <= TOLERANCE * (factor * largest).abs().view(())
    return same & alike.where(largest > 0, values.any().logical_not())


def is_same(now: Tensor, theta: Tensor) -> bool:
    """Tell whether a threshold is the one that the neuron was placed with."""
    return now.shape == theta.shape and torch.equal(now, theta)


def _proportional(values: Tensor, number: Tensor, theta: Tensor) -> bool:
    """Tell whether values = factor * theta * number with one factor (a step may scale all)."""
    place = _first_nonzero(number)
    if place is None:
        return not values.any()
    expected = number[place] * theta.expand_as(values[:1])[0][place[1:]]
    factor = float(values[place] / expected)
    left, magnitude = largest_difference(values, number, theta, factor) or _apart(
        values, number.to(values.dtype) * theta, factor
    )
    return left <= TOLERANCE * abs(factor * magnitude)


def _first_nonzero(number: Tensor) -> tuple[int, ...] | None:
    """Return the place (n, c, h, w) of a number that is not zero; None where all are."""
    by_position = number.movedim(1, -1)  # as a channels-last map lies in memory
    active = by_position.reshape(-1) != 0
    first = active.view(torch.int8).argmax()
    if not active[first]:
        return None
    batch, *position, channel = torch.unravel_index(first, by_position.shape)
    return tuple(map(int, (batch, channel, *position)))


def _apart(values: Tensor, expected: Tensor, factor: float) -> tuple[float, float]:
    return float((values - factor * expected).abs().max()), float(expected.abs().max())
