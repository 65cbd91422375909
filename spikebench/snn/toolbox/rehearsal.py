"""Neurons that listen to their first currents before they answer them. Hao et al., ICLR 2023."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from spikebench.snn.model.kernel_rules import Arguments, register_kernel
from spikebench.snn.model.neuron import Neuron
from spikebench.snn.model.neurons import IF, INTEGRATE_AND_FIRE
from spikebench.snn.model.protocols import Protocol, Steppable
from spikebench.snn.model.recording import Recording
from spikebench.snn.model.step import State, Step

MARGIN = 1e-3  # of the threshold: how far the decisive potential is pushed across it


@dataclass(frozen=True)
class Listening(Neuron):
    """A neuron that looks ahead when a `Rehearsal` drives it."""

    def listen(self, state: State, currents: Sequence[Tensor]) -> int:
        """Change the state in view of the currents (N, C, H, W) of the first steps.

        They come once more, for good. Return the state operations per neuron that this took.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Shifted(IF, Listening):
    """IF whose initial potential is moved by one spike where listening found an offset."""

    def listen(self, state: State, currents: Sequence[Tensor]) -> int:
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


# Once it has listened it fires as IF does, with a soft reset
register_kernel(Shifted, INTEGRATE_AND_FIRE, lambda n, state, step: Arguments(constants=(0.0,)))


@dataclass
class Rehearsal(Protocol):
    """The first steps layer by layer, each of which listens before it speaks; then as usual."""

    steps: int = 4

    def run(self, simulation: Steppable, grid: Sequence[int]) -> Iterator[Recording]:
        first = [Step(time) for time in range(1, self.steps + 1)]
        for step in simulation.layer_by_layer(first, _listen):
            if step.time in grid:
                yield self.record(simulation, step.time)
        yield from self.onward(simulation, grid, done=self.steps)


def _listen(neuron: Neuron, state: State, currents: Sequence[Tensor]) -> int:
    """Let a neuron listen that can; others answer at once."""
    return neuron.listen(state, currents) if isinstance(neuron, Listening) else 0
