"""Neurons that listen to their first currents before they answer them. Hao et al., ICLR 2023."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from spikebench.snn.model.neurons import IF, State
from spikebench.snn.model.protocols import Protocol, Step

if TYPE_CHECKING:
    from spikebench.snn.engine.counters import Recording
    from spikebench.snn.engine.simulate import Simulation

MARGIN = 1e-3  # of the threshold: how far the decisive potential is pushed across it


@dataclass
class Shifted(IF):
    """IF whose initial potential is moved by one spike where listening found an offset."""

    kernel = IF.kernel  # it fires as IF does

    def rehearse(self, state: State, currents: Sequence[Tensor]) -> int:
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

    def run(self, simulation: "Simulation", grid: Sequence[int]) -> Iterator["Recording"]:
        first = [Step(time) for time in range(1, self.steps + 1)]
        for step in simulation.rehearsed(first):
            if step.time in grid:
                yield self.record(simulation, step.time)
        yield from self.onward(simulation, grid, done=self.steps)
