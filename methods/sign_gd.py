"""Sign gradient descent neurons. Oh & Lee, ICML 2024.

A neuron holds the decoded input x and an estimate m of its output, and sends the sign in which m
has to move: m goes up or down by eta_t at step t, and every receiver adds the same step to its x.
So m descends towards ReLU(x) with steps that shrink, eta_t = 0.15 * 0.95^t, in units of the layer's
largest activation; the estimate can reach three times that. The image and the biases enter x once.

Every neuron sends a signed spike at every step, and each one is counted.

Deviations: none known; only ReLU and linear layers occur here.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch

from spikebench.snn import InputOnce, Integrator, Method, Neuron, Positive, Share, Sum


@dataclass(frozen=True)
class SignGradient(Neuron):
    """Moves its estimate of ReLU(x), or of x, by one step of the schedule and says which way."""

    rate: float = 0.15
    decay: float = 0.95
    rectified: bool = True

    integrator: ClassVar[Integrator] = "own"
    state_ops: ClassVar[int] = 4  # decode, rectify, compare, move the estimate

    def start(self, like):
        return {**super().start(like), "estimate": torch.zeros_like(like)}

    def step(self, state, current, step, out=None):
        decoded = state["v"].add_(current)
        target = decoded.relu() if self.rectified else decoded
        size = self.rate * self.decay**step.time
        number = (state["estimate"] < target).to(torch.int8).mul_(2).sub_(1)
        spikes = number * (size * self.theta)
        state["estimate"].add_(spikes)
        return spikes, number


class SignGD(Method):
    title = "Sign-GD"
    citation = "oh2024signgd"
    family = "training-free"

    rate: Positive = 0.15
    decay: Share = 0.95

    def convert(self, network, calibration, timesteps):
        for site in network.graph.sites:
            neuron = SignGradient(
                calibration.maximum(site),
                rate=self.rate,
                decay=self.decay,
                rectified=site.role == "activation",
            )
            network.place(site, neuron)
        network.protocol, network.readout = InputOnce(), Sum()
        return network
