"""Phase coding: weighted spikes. Kim et al., Neurocomputing 2018.

A clock that all neurons share has periods of 8 steps. At step t a spike is worth theta pi(t) with
pi(t) = 2^-(1 + (t - 1) mod 8), and a neuron fires where its potential holds as much: v <- v + I;
s = [v >= theta pi(t)]; v <- v - theta pi(t) s. In one period it can send the 8 digits of a value.
The output is the mean over the periods; inside one it is that of the weights so far, in periods.

All layers run at once. A layer hears the low digits of its input when the step of its own high ones
is over, and sends on before the sum is known, so nothing is exact here: the error falls with the
number of periods, as that of a rate code with T, and more spikes leave than a value has digits.
Where a layer waits for a whole period, phase coding is `radix` with 8 digits.

The paper could not be opened: the neuron is that of two programs which cite it, SpikingJelly
(`WeightedPhaseEncoder`) and S. Park's (Park et al., DAC 2019). They do not say when a bias enters;
here it does at the beginning of each period, once, as the image does.

Relays, which carry either sign, fire on |v| with the sign of v. Thresholds are the 99.9th
percentile of a channel's activations, or learnt (`tuned`); pi sums up to 255/256 in a period.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch

from spikebench.snn import IF, Mean, Method, Percentile, Protocol, Relay, Step

PERIOD = 8


def phase(time):
    """Return pi(t), what a spike of step t (from 1) is worth in thresholds."""
    return 2.0 ** -(1 + (time - 1) % PERIOD)


@dataclass(frozen=True)
class WeightedSpike(IF):
    """Fires where the potential holds what the clock says a spike is worth."""

    def weight(self, step):
        return phase(step.time)

    def fire(self, u, state, step):
        return u >= self.theta * phase(step.time)


@dataclass(frozen=True)
class SignedWeightedSpike(Relay):
    """The same for currents of either sign."""

    state_ops: ClassVar[int] = 4  # a second comparison

    def weight(self, step):
        return phase(step.time)

    def fire(self, u, state, step):
        event = (u.abs() >= self.theta * phase(step.time)).to(torch.int8)
        return event * u.sign().to(torch.int8)


@dataclass
class Periodic(Protocol):
    """Image and biases at the first step of each period; in between only what spikes bring."""

    def run(self, simulation, grid: Sequence[int]) -> Iterator:
        yield from self.onward(simulation, grid, _step)


def _step(time):
    first = (time - 1) % PERIOD == 0
    return Step(time, image=first, bias=first)


@dataclass
class MeanOfPeriods(Mean):
    """The sum over all steps, divided by the number of periods; by one at least."""

    def total(self, timesteps):
        whole = sum(map(phase, range(1, PERIOD + 1)))
        return max(1.0, sum(map(phase, range(1, timesteps + 1))) / whole)


class PhaseCoding(Method):
    title = "Phase coding"
    citation = "kim2018weighted"
    family = "training-free"

    tuned: str = ""  # a recipe of finetuning/: weights and thresholds are then learnt
    percentile: Percentile = 99.9  # of the activations, per channel

    def convert(self, network, calibration, timesteps):
        for site in network.graph.sites:
            theta = self._theta(calibration, site)
            neuron = SignedWeightedSpike if site.role == "relay" else WeightedSpike
            network.place(site, neuron(theta))
        network.protocol, network.readout = Periodic(), MeanOfPeriods()
        return network

    def _theta(self, calibration, site):
        if self.tuned:
            return calibration.trained(site)
        return calibration.percentile(site, self.percentile, per_channel=True)
