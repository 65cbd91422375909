"""Optimisation by residual membrane potential. Hao et al., AAAI 2023 (SRP).

The network runs twice. Of the first run, `presimulation` steps, nothing is read; at its end each
neuron looks at its potential: where that is not above 0 the neuron has fired more than it should
have, and is silenced for the second run, in which it integrates and resets but sends nothing. Both
runs start at theta/2. The first run's passes, spikes and state operations are counted.

Deviations: no quantisation-aware training: the paper's networks are trained with QCFS, whose few
levels give a residual potential its meaning. theta is the 99.9th percentile per channel.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spikebench.snn import IF, Method, Protocol, Step

RESIDUE = 1e-3  # of the threshold; at or below it a potential counts as none (authors' program)


@dataclass
class Silenced(IF):
    """IF that may send in the second run only where the first left a potential."""

    kernel = IF.kernel  # it fires as IF does

    def step(self, state, current, step, out=None):
        if step.read and "silent" not in state:
            state["silent"] = state["v"] <= RESIDUE * self.theta
            state["v"].zero_().add_(self.initial)
        spikes, number = super().step(state, current, step, out)
        if step.read:
            spikes.masked_fill_(state["silent"], 0)
            number = number.logical_and(state["silent"].logical_not())
        return spikes, number


@dataclass
class Presimulation(Protocol):
    """Some steps of which nothing is read, then direct coding."""

    steps: int = 4

    def run(self, simulation, grid: Sequence[int]) -> Iterator:
        for time in range(1, self.steps + 1):
            simulation.step(Step(time, read=False))
        yield from super().run(simulation, grid)


class SRP(Method):
    title = "SRP"
    citation = "hao2023srp"
    family = "training-free"

    presimulation: int = 4
    percentile: float = 99.9

    def convert(self, network, calibration, timesteps):
        for site in network.sites:
            theta = calibration.percentile(site, self.percentile, per_channel=True)
            network.place(site, Silenced(theta, initial=theta / 2))
        network.protocol = Presimulation(steps=self.presimulation)
        return network
