"""The multi-threshold neuron of Spiking-UNet: a greedy binary expansion at every step."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from spikebench.snn.model.neuron import Neuron
from spikebench.snn.model.step import State, Step

VALUES = (2.0, 1.0, 0.5, 0.25)  # in thresholds


@dataclass(frozen=True)
class FourLevels(Neuron):
    """Sends the greedy binary expansion of its potential, from 2 theta down to theta/4.

    Li et al., Neurocomputing 586, 2024 (Spiking-UNet), sec. 3.2.
    """

    state_ops: ClassVar[int] = 9  # integrate; compare and subtract at each level

    def fire(self, u: Tensor, state: State, step: Step) -> Tensor:
        # Greedy with a strict comparison: the most quarters that stay below the potential.
        quarters = (u * 4 / self.theta).ceil_().sub_(1)
        return quarters.clamp_(0, 4 * sum(VALUES)).div_(4)
