"""A first run of which nothing is read, and neurons that it may silence. Hao et al., AAAI 2023."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from spikebench.snn.model.neurons import IF, Arguments, State
from spikebench.snn.model.protocols import Protocol, Step

if TYPE_CHECKING:
    from spikebench.snn.engine.counters import Recording
    from spikebench.snn.engine.simulate import Simulation

RESIDUE = 1e-3  # of the threshold; at or below it a potential counts as none (authors' program)


@dataclass
class Silenced(IF):
    """IF that may send in the second run only where the first left a potential."""

    kernel = IF.kernel  # it can be told to be silent

    def kernel_arguments(self, state: State, step: Step) -> Arguments | None:
        self._begin(state, step)
        silent = state["silent"].view(torch.int8) if step.read else None
        return (None, silent), (float(self.hard_reset),)

    def step(
        self, state: State, current: Tensor, step: Step, out: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        self._begin(state, step)
        spikes, number = super().step(state, current, step, out)
        if step.read:
            spikes.masked_fill_(state["silent"], 0)
            number = number.logical_and(state["silent"].logical_not())
        return spikes, number

    def _begin(self, state: State, step: Step) -> None:
        """Judge the first run, at the first step of the second."""
        if step.read and "silent" not in state:
            state["silent"] = state["v"] <= RESIDUE * self.theta
            state["v"].zero_().add_(self.initial)


@dataclass
class Presimulation(Protocol):
    """Some steps of which nothing is read, then direct coding."""

    steps: int = 4

    def run(self, simulation: "Simulation", grid: Sequence[int]) -> Iterator["Recording"]:
        simulation.advance([Step(time, read=False) for time in range(1, self.steps + 1)])
        yield from super().run(simulation, grid)
