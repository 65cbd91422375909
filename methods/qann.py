"""The quantised twin: the same network with activations of as few bits as T steps can tell apart.

T steps of an integrate-and-fire neuron have T + 1 outcomes; that many levels need b = ceil(log2(T +
1)) bits. So beside a spiking row at T stands the ANN whose activations are rounded to 2^b - 1 equal
steps up to a threshold per channel: what one would use instead of spikes. It needs one pass, at
every T, and no training. The threshold is the 99.9th percentile, or the one of the smallest mean
squared error (`threshold: mse`).

With `tuned` it is the twin of a trained row: weights and thresholds are those of the recipe, which
is one of `kind: staircase`, and the number of levels is the recipe's at every T.

It pays a dense multiply-accumulate everywhere, at the bits of its activations, which are stored
with its counts (docs/energy.md). At b = 1 its activations are spikes, and their kind is shown as
such.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch

from spikebench.snn import Integrator, Method, Neuron, Percentile, Protocol, Step, Sum


@dataclass(frozen=True)
class Quantiser(Neuron):
    """Rounds its current to the nearest of `levels` equal steps up to theta; half goes up."""

    levels: int = 1
    signed: bool = False  # at a relay, which carries currents of either sign

    integrator: ClassVar[Integrator] = "own"
    state_ops: ClassVar[int] = 2  # scale and round

    @property
    def bits(self) -> int:
        """As many as tell the levels apart, one more at a relay for the sign."""
        return self.levels.bit_length() + self.signed

    def step(self, state, current, step, out=None):
        lowest = -self.levels if self.signed else 0
        count = (current * (self.levels / self.theta) + 0.5).floor().clamp(lowest, self.levels)
        number = count / self.levels if self.levels > 1 else count.to(torch.int8)
        return number * self.theta, number


@dataclass
class OnePass(Protocol):
    """One pass, whatever T."""

    def run(self, simulation, grid: Sequence[int]) -> Iterator:
        simulation.step(Step(1))
        for time in grid:
            yield self.record(simulation, time)


class QuantisedANN(Method):
    title = "Quantised ANN"
    citation = "none"
    family = "reference"
    anytime = False

    threshold: Literal["percentile", "mse"] = "percentile"
    percentile: Percentile = 99.9
    tuned: str = ""

    def convert(self, network, calibration, timesteps):
        (total,) = timesteps
        levels = 2 ** total.bit_length() - 1  # ceil(log2(T + 1)) is T's number of binary digits
        if self.tuned:
            levels = calibration.state.levels
        for site in network.graph.sites:
            signed = site.role == "relay"
            theta = self._theta(calibration, site, levels)
            network.place(site, Quantiser(theta, levels=levels, signed=signed))
        network.protocol, network.readout = OnePass(), Sum()
        return network

    def _theta(self, calibration, site, levels):
        if self.tuned:
            return calibration.trained(site)
        if self.threshold == "mse" and site.role != "relay":
            return calibration.mse(site, levels, per_channel=True, rounding="nearest")
        return calibration.percentile(site, self.percentile, per_channel=True)
