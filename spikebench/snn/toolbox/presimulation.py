"""A first run of which nothing is read, and neurons that it may silence. Hao et al., AAAI 2023."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from spikebench.snn.model.kernel_rules import Arguments, register_kernel
from spikebench.snn.model.neuron import Integrator
from spikebench.snn.model.neurons import IF, INTEGRATE_AND_FIRE
from spikebench.snn.model.protocols import Protocol, Steppable
from spikebench.snn.model.recording import Recording
from spikebench.snn.model.spikes.spikemap import SpikeMap, dense
from spikebench.snn.model.step import State, Step

RESIDUE = 1e-3  # of the threshold; at or below it a potential counts as none (authors' program)


@dataclass(frozen=True)
class Silenced(IF):
    """IF that may send in the second run only where the first left a potential."""

    integrator: ClassVar[Integrator] = "own"  # a silent neuron resets and sends nothing

    def step(
        self, state: State, current: Tensor, step: Step, out: Tensor | None = None
    ) -> tuple[Tensor | SpikeMap, Tensor]:
        _begin(self, state, step)
        sent, number = super().step(state, current, step, out)
        spikes = dense(sent)
        if step.read:
            spikes.masked_fill_(state["silent"], 0)
            number = number.logical_and(state["silent"].logical_not())
        return spikes, number


def _begin(neuron: Silenced, state: State, step: Step) -> None:
    """Judge the first run, at the first step of the second."""
    if step.read and "silent" not in state:
        state["silent"] = state["v"] <= RESIDUE * neuron.theta
        state["v"].zero_().add_(neuron.initial)


def _ask(neuron: Silenced, state: State, step: Step) -> Arguments:
    """Tell the kernel which neurons are silent, once that was judged."""
    _begin(neuron, state, step)
    silent = state["silent"].view(torch.int8) if step.read else None
    return Arguments(memory=(None, silent), constants=(float(neuron.hard_reset),))


register_kernel(Silenced, INTEGRATE_AND_FIRE, _ask)


@dataclass
class Presimulation(Protocol):
    """Some steps of which nothing is read, then direct coding."""

    steps: int = 4

    def run(self, simulation: Steppable, grid: Sequence[int]) -> Iterator[Recording]:
        simulation.advance([Step(time, read=False) for time in range(1, self.steps + 1)])
        yield from super().run(simulation, grid)
