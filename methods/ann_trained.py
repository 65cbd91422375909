"""The ANN, trained on by a recipe of finetuning/ that has no spikes: a control.

A trained spiking row has seen more images than the backbone it came from. This row has had the
same training with ReLU in place of neurons, so that what is left between the two is the price of
spikes. The ANN of all other rows, and the gap to it, stay those of the original weights.

It takes one pass, is the same at every T, and costs what the ANN costs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from spikebench.snn import Integrator, Method, Neuron, Protocol, Step, Sum


@dataclass(frozen=True)
class Rectifier(Neuron):
    """Sends its current as it is, at an activation only what lies above zero."""

    signed: bool = False  # at a relay, which carries currents of either sign

    integrator: ClassVar[Integrator] = "own"
    state_ops: ClassVar[int] = 1  # compare

    @property
    def bits(self) -> int:
        """0: of full width, as the ANN's."""
        return 0

    def step(self, state, current, step, out=None):
        value = current.clone() if self.signed else current.relu()
        return value, value


@dataclass
class Once(Protocol):
    """One pass, whatever T."""

    def run(self, simulation, grid: Sequence[int]) -> Iterator:
        simulation.step(Step(1))
        for time in grid:
            yield self.record(simulation, time)


class TrainedANN(Method):
    title = "ANN, trained on"
    citation = "none"
    family = "reference"

    tuned: str = "ann_longer"

    def convert(self, network, calibration, timesteps):
        for site in network.graph.sites:
            one = calibration.patches.new_ones(())
            network.place(site, Rectifier(one, signed=site.role == "relay"))
        network.protocol, network.readout = Once(), Sum()
        return network
