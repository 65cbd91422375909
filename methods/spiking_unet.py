"""The multi-threshold neuron of Spiking-UNet. Li et al., Neurocomputing 586, 2024, sec. 3.2.

In one step a neuron sends up to one spike of each value 2 theta, theta, theta/2 and theta/4: from
the largest to the smallest, each is sent and taken from the membrane if the membrane exceeds it.
theta is the 99.9th percentile of the layer. Four spikes may leave together; each of them counts.

Deviations: the connection-wise normalisation of concatenated inputs is not needed, because spikes
carry their values here; average pools stay linear, where the paper puts a neuron behind each; there
is no fine-tuning.
"""

from dataclasses import dataclass
from typing import ClassVar

from spikebench.snn import Method, Neuron

VALUES = (2.0, 1.0, 0.5, 0.25)  # in thresholds


@dataclass
class FourLevels(Neuron):
    """Sends the greedy binary expansion of its potential, from 2 theta down to theta/4."""

    state_ops: ClassVar[int] = 9  # integrate; compare and subtract at each level

    def fire(self, u, state, step):
        # Greedy with a strict comparison: the most quarters that stay below the potential.
        quarters = (u * 4 / self.theta).ceil_().sub_(1)
        return quarters.clamp_(0, 4 * sum(VALUES)).div_(4)


class SpikingUNet(Method):
    title = "Spiking-UNet neuron"
    citation = "li2024spikingunet"
    family = "training-free"

    percentile: float = 99.9
    per_channel: bool = False

    def convert(self, network, calibration, timesteps):
        for site in network.sites:
            theta = calibration.percentile(site, self.percentile, per_channel=self.per_channel)
            network.place(site, FourLevels(theta))
        return network
