"""Does a neuron send what it says it sends? Counts rest on the numbers n, the next layer on values.

A neuron of a method's own may return values that are not theta * n. Its spikes are then analogue,
whatever n says, and the synapses behind it pay multiply-accumulates.
"""

import torch
from torch import Tensor

from spikebench.snn.neurons import IF, Neuron

TOLERANCE = 1e-5  # of the largest value: rounding in float32


def is_faithful(neuron: Neuron, theta: Tensor, number: Tensor, values: Tensor) -> bool:
    """Tell whether `values` are theta times `number`, both (N, C, H, W), up to one factor for all.

    `theta` is the threshold that the neuron was placed with; one that has changed since is none.
    A neuron that keeps the step and the reset of this package needs no look at its values.
    """
    now = neuron.theta
    if now.shape != theta.shape or not torch.equal(now, theta):
        return False
    own_step = type(neuron).step is not Neuron.step
    own_reset = type(neuron).reset not in (Neuron.reset, IF.reset)
    return not (own_step or own_reset) or _proportional(values, number.to(values.dtype) * theta)


def _proportional(values: Tensor, expected: Tensor) -> bool:
    """Tell whether values = factor * expected with one factor (a step may scale all neurons)."""
    magnitude, place = expected.abs().flatten().max(dim=0)
    if magnitude == 0:
        return not values.any()
    factor = values.flatten()[place] / expected.flatten()[place]
    left = (values - factor * expected).abs().max()
    return bool(left <= TOLERANCE * (factor * magnitude).abs())
