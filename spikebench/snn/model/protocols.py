"""How a network is driven through time: which steps there are and when results are taken."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self
from typing import Protocol as Interface

from torch import Tensor

from spikebench.snn.model.component import Component
from spikebench.snn.model.neuron import Neuron
from spikebench.snn.model.recording import Recording
from spikebench.snn.model.step import State, Step

# What hears the currents (N, C, H, W) of a site's first steps before they come for good: it may
# change the state and returns the state operations per neuron that this took, 0 for none.
Listen = Callable[[Neuron, State, Sequence[Tensor]], int]


class Steppable(Interface):
    """What a protocol drives: one network on one batch of images, between two steps."""

    @property
    def layers(self) -> int:
        """The layers of neurons, on the longest path from the image to the output."""
        raise NotImplementedError

    def step(self, step: Step) -> None:
        """Advance every neuron by one step; what is read of it enters the readout."""

    def advance(self, steps: Sequence[Step]) -> None:
        """Do the same for several steps, faster where they differ in time only."""

    def layer_by_layer(self, steps: Sequence[Step], listen: Listen) -> Iterator[Step]:
        """Take the first steps layer by layer, each of which listens to all of them beforehand."""
        raise NotImplementedError

    def record(self, timesteps: int) -> Recording:
        """Return the output decoded after `timesteps` regular steps, with all counts so far."""
        raise NotImplementedError

    def fork(self) -> Self:
        """Return a copy that may go on while this one stays as it is."""
        raise NotImplementedError


@dataclass
class Protocol(Component):
    """Direct coding: the image is presented at every step, and each T of the grid is recorded.

    Subclasses add phases by overriding `run`; every pass is simulated and counted alike. Where
    layers wait for each other (`waits`) there are no passes of all layers, and `run` is not asked.
    """

    waits: ClassVar[bool] = False

    def run(self, simulation: Steppable, grid: Sequence[int]) -> Iterator[Recording]:
        """Drive `simulation` to the largest T and yield one recording for each T of `grid`."""
        yield from self.onward(simulation, grid)

    def onward(
        self,
        simulation: Steppable,
        grid: Sequence[int],
        step: Callable[[int], Step] = Step,
        done: int = 0,
    ) -> Iterator[Recording]:
        """Take the steps `step(t)` behind step `done`, and record each T behind it."""
        for time in sorted(time for time in set(grid) if time > done):
            simulation.advance([step(each) for each in range(done + 1, time + 1)])
            yield self.record(simulation, time)
            done = time

    def record(self, simulation: Steppable, time: int) -> Recording:
        """Return the result after `time` regular steps; `simulation` itself must stay as it is."""
        return simulation.record(time)


@dataclass
class InputOnce(Protocol):
    """Image and biases in the first step; in later ones only what spikes bring."""

    def run(self, simulation: Steppable, grid: Sequence[int]) -> Iterator[Recording]:
        yield from self.onward(simulation, grid, lambda t: Step(t, image=t == 1, bias=t == 1))
