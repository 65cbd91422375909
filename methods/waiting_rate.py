"""Rate code of layers that wait: T steps a layer, and no unevenness error.

A layer begins when the layers before it have sent all their T spikes at most, and is silent until
then. When the input z of a neuron is complete, it fires once a step while its potential, z plus
half a level of theta/T, holds a level, and subtracts it: k = clip(floor(T z / theta + 1/2), 0, T)
spikes of theta/T each. So the network is the ANN with activations of T levels, exactly, where the
same neurons that run all at once see their input arrive unevenly and fire too much or too little:
the difference between the two rows is what unevenness costs.

The latency is T steps for each layer. That the wait removes the error is argued by a submission to
ICLR 2026 (no. 19177, rejected) whose neurons are driven by the mean of their input for T steps;
here they send what the potential holds, and no mean is kept. It sends the values of `ttfs`
and `radix` at as many levels, in k spikes where those take one, or the digits of k.

Relays, which carry either sign, send spikes with a sign. Thresholds are the 99.9th percentile of a
channel's activations, or learnt (`tuned`).
"""

from dataclasses import dataclass
from typing import Literal

from spikebench.snn import Coded, Cost, Method, Percentile, place_codes


@dataclass(frozen=True)
class WaitingIF(Coded):
    """Sends k spikes of one level each, in the first k steps of its window."""

    @property
    def window(self):
        return self.levels

    @property
    def cost(self):
        # Listening: add. Sending: compare (at a relay with either sign), subtract.
        return Cost(listen=1, send=2 + self.signed)

    def digit(self, time):
        return 1

    def count(self, k):
        return k

    def fire(self, u, state, step):
        return u >= 1


class WaitingRate(Method):
    title = "Waiting rate code"
    citation = "none"
    family = "training-free"
    anytime = False

    tuned: str = ""  # a recipe of finetuning/: weights and thresholds are then learnt
    threshold: Literal["percentile", "mse"] = "percentile"
    percentile: Percentile = 99.9  # of the activations, per channel

    def convert(self, network, calibration, timesteps):
        (levels,) = timesteps
        return place_codes(
            network,
            calibration,
            lambda theta, signed: WaitingIF(theta, levels=levels, signed=signed),
            threshold=self.threshold,
            percentile=self.percentile,
        )
