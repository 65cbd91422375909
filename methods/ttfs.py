"""Time to first spike: each neuron fires once at most, the sooner the larger its value.

Conversion by when a spike comes goes back to Rueckauer & Liu, ISCAS 2018. This is the linear code
on a grid of times, which is exact where their 1/t is not; on such a grid it equals the neuron with
a fixed slope of Stanojevic et al., Nature Communications 2024 (arXiv 2306.08744).

Layers wait for each other. When the input z of a neuron is complete, it has a window of N steps,
and fires at the first t with z >= theta (N - t + 1/2) / N, if there is one: at t = N + 1 - k for
k = clip(floor(N z / theta + 1/2), 0, N). Negative values never fire, which is ReLU. A spike at t
is worth (N + 1 - t) theta / N, whoever sends it: a receiver adds the weight to a slope, one
accumulate, and the slope to its potential at every step of the window. No time stamp and no
multiplication are needed. So the network is the ANN with activations of N levels; N is T.

What it costs beside spikes: every neuron adds its slope in each step of the window it listens to,
and compares in each step of its own. There the threshold falls for the whole layer at once. With
`ramp` each neuron adds a ramp of its own instead, one operation more a step.

Relays, which carry either sign, send one spike with a sign; so a network that has any sends signed
spikes. Thresholds are the 99.9th percentile of a channel's activations, or learnt (`tuned`).
"""

from dataclasses import dataclass
from typing import Literal

import torch

from spikebench.snn import Coded, Cost, Method, Percentile, place_codes


@dataclass(frozen=True)
class FirstSpike(Coded):
    """Fires once, when a falling threshold, or a ramp of its own, meets its potential."""

    ramp: bool = False

    @property
    def window(self):
        return self.levels

    @property
    def cost(self):
        # An event may have either sign at a relay: a second comparison.
        return Cost(listen=1, send=1 + self.signed + self.ramp)

    def digit(self, time):
        return self.levels + 1 - time

    def count(self, k):
        return k > 0

    def start(self, like):
        return {**super().start(like), "fired": torch.zeros_like(like, dtype=torch.bool)}

    def fire(self, u, state, step):
        event = (u >= self.digit(step.time)).logical_and_(~state["fired"])
        state["fired"].logical_or_(event)
        return event


class TimeToFirstSpike(Method):
    title = "Time to first spike"
    citation = "rueckauer2018ttfs"
    family = "training-free"
    anytime = False

    tuned: str = ""  # a recipe of finetuning/: weights and thresholds are then learnt
    threshold: Literal["percentile", "mse"] = "percentile"
    percentile: Percentile = 99.9  # of the activations, per channel
    ramp: bool = False

    def convert(self, network, calibration, timesteps):
        (levels,) = timesteps
        return place_codes(
            network,
            calibration,
            lambda theta, signed: FirstSpike(theta, levels=levels, signed=signed, ramp=self.ramp),
            threshold=self.threshold,
            percentile=self.percentile,
        )
