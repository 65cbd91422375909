"""What can be heard of a simulation while it runs: every step of every site."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from spikebench.snn.model.neuron import Neuron
from spikebench.snn.model.spikes.spikemap import SpikeMap, dense
from spikebench.snn.model.step import State, Step


@dataclass(frozen=True)
class Firing:
    """One step of one site, with maps (N, C, H, W), of a band's rows where there are bands.

    `current` is what arrived, `before` the membrane potential until then, `number` how many spikes
    left, `state` what the neurons remember after the step: it changes in the next one, so whoever
    wants to keep it copies it.
    """

    site: str
    neuron: Neuron
    step: Step
    current: Tensor
    before: Tensor
    number: Tensor
    sent: Tensor | SpikeMap
    state: State

    @property
    def values(self) -> Tensor:
        """What was sent, in units of the activation: theta times the numbers, if it is honest."""
        return dense(self.sent)


Observe = Callable[[Firing], object]
