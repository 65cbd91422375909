"""Signed neuron with memory. Wang et al., IJCAI 2022, sec. 3.2.

The neuron fires +theta at u >= theta and -theta at u <= -theta, the latter only while the sum of
what it sent is positive; it starts empty. `signed_if` is the variant that takes spikes back as soon
as the potential is negative.

Deviations: thresholds are the largest activation of each channel, where the paper normalises every
neuron by its own, which fits only one image size.
"""

from dataclasses import dataclass

import torch

from spikebench.snn import (
    SIGNED_INTEGRATE_AND_FIRE,
    Arguments,
    Method,
    Percentile,
    SignedIF,
    register_kernel,
)


@dataclass(frozen=True)
class SignedNeuronWithMemory(SignedIF):
    """Takes a spike back at u <= -theta instead of u < 0."""

    def fire(self, u, state, step):
        number = (u >= self.theta).to(torch.int8)
        number.sub_((u <= -self.theta).logical_and_(state["sent"] > 0).to(torch.int8))
        state["sent"].add_(number)
        return number


register_kernel(
    SignedNeuronWithMemory,
    SIGNED_INTEGRATE_AND_FIRE,
    lambda neuron, state, step: Arguments(memory=(state["sent"],), constants=(1.0,)),
)


class SNM(Method):
    title = "SNM"
    citation = "wang2022signed"
    family = "training-free"

    percentile: Percentile = 100.0
    per_channel: bool = True

    def convert(self, network, calibration, timesteps):
        for site in network.sites:
            theta = calibration.percentile(site, self.percentile, per_channel=self.per_channel)
            network.place(site, SignedNeuronWithMemory(theta))
        return network
