"""Calibrating offset spikes. Hao et al., ICLR 2023 (COS).

Layer after layer, a neuron listens to its first `presimulation` currents without sending anything.
If its potential is then below 0 though it fired, it fires too often: v(0) is lowered by as much as
takes one spike away, d = max(theta, m - 0.999 theta), m being the lowest potential at which it
fired. If the potential has reached theta, one spike more is wanted: v(0) is raised by
d = max(theta, 1.001 theta - m), m being the highest potential at which it did not fire. Then the
same currents come once more, this time for good, and what the neuron sends is what the next layer
listens to.

A neuron keeps the currents it listened to: memory for `presimulation` maps. Its state operations of
the listening steps are counted, spikes leave only once, and each layer speaks that many steps later
than what it hears, so that the latency is T + presimulation * layers. With T < presimulation the
spikes of all `presimulation` steps count, for the layers must send them to be calibrated.

Deviations: no quantisation-aware training; theta is the 99.9th percentile per channel; one round of
shifts, as in the authors' program; a neuron that fired in every step stays as it is, since no shift
gives it one spike more; relays do not listen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from pydantic import PositiveInt

from spikebench.snn import IF, Method, Protocol, Step

MARGIN = 1e-3  # of the threshold: how far the decisive potential is pushed across it


@dataclass
class Shifted(IF):
    """IF whose initial potential is moved by one spike where listening found an offset."""

    kernel = IF.kernel  # it fires as IF does

    def rehearse(self, state, currents):
        v = state["v"]
        lowest, highest = torch.full_like(v, torch.inf), torch.full_like(v, -torch.inf)
        for current in currents:
            fires = v.add_(current) >= self.theta
            lowest = torch.where(fires, lowest.minimum(v), lowest)
            v.sub_(fires * self.theta)
            highest = torch.where(fires, highest, highest.maximum(v))
        one = self.theta.expand_as(v)
        down = one.maximum(lowest - (1 - MARGIN) * self.theta)
        up = one.maximum((1 + MARGIN) * self.theta - highest)
        too_many = (v < 0) & lowest.isfinite()
        too_few = (v >= self.theta) & highest.isfinite()
        v.zero_().add_(self.initial)
        v.sub_(down.where(too_many, 0)).add_(up.where(too_few, 0))
        return len(currents) * (self.state_ops + 1)  # one more comparison, for m


@dataclass
class Rehearsal(Protocol):
    """The first steps layer by layer, each of which listens before it speaks; then as usual."""

    steps: int = 4

    def run(self, simulation, grid: Sequence[int]) -> Iterator:
        first = [Step(time) for time in range(1, self.steps + 1)]
        for step in simulation.rehearsed(first):
            if step.time in grid:
                yield self.record(simulation, step.time)
        for time in range(self.steps + 1, max(grid) + 1):
            simulation.step(Step(time))
            if time in grid:
                yield self.record(simulation, time)


class COS(Method):
    title = "COS"
    citation = "hao2023cos"
    family = "training-free"

    presimulation: PositiveInt = 4
    percentile: float = 99.9

    def convert(self, network, calibration, timesteps):
        for site in network.sites:
            theta = calibration.percentile(site, self.percentile, per_channel=True)
            network.place(site, Shifted(theta, initial=theta / 2))
        network.protocol = Rehearsal(steps=self.presimulation)
        return network
