"""How a network is driven through time: which steps there are and when results are taken."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spikebench.snn.model.component import Component

if TYPE_CHECKING:
    from spikebench.snn.engine.counters import Recording
    from spikebench.snn.engine.simulate import Simulation


@dataclass(frozen=True)
class Step:
    """One pass through the network.

    `time` counts from 1. `image` and `bias` say whether the input image and the biases are
    presented, `read` whether its output enters the readout. `phase` is read by neurons that behave
    differently in it (for example "release").
    """

    time: int
    image: bool = True
    bias: bool = True
    read: bool = True
    phase: str = "regular"


@dataclass
class Protocol(Component):
    """Direct coding: the image is presented at every step, and each T of the grid is recorded.

    Subclasses add phases by overriding `run`; every pass is simulated and counted alike.
    """

    def run(self, simulation: "Simulation", grid: Sequence[int]) -> Iterator["Recording"]:
        """Drive `simulation` to the largest T and yield one recording for each T of `grid`."""
        yield from self.onward(simulation, grid)

    def onward(
        self,
        simulation: "Simulation",
        grid: Sequence[int],
        step: Callable[[int], Step] = Step,
        done: int = 0,
    ) -> Iterator["Recording"]:
        """Take the steps `step(t)` behind step `done`, and record each T behind it."""
        for time in sorted(time for time in set(grid) if time > done):
            simulation.advance([step(each) for each in range(done + 1, time + 1)])
            yield self.record(simulation, time)
            done = time

    def record(self, simulation: "Simulation", time: int) -> "Recording":
        """Return the result after `time` regular steps; `simulation` itself must stay as it is."""
        return simulation.record(time)


@dataclass
class InputOnce(Protocol):
    """Image and biases in the first step; in later ones only what spikes bring."""

    def run(self, simulation: "Simulation", grid: Sequence[int]) -> Iterator["Recording"]:
        yield from self.onward(simulation, grid, lambda t: Step(t, image=t == 1, bias=t == 1))


@dataclass
class ReleaseAfterwards(Protocol):
    """Direct coding, then one pass that releases what is left on the membranes.

    At each recorded T a copy of the state makes one more pass without image and biases, in phase
    "release", layer after layer, so that what a layer releases still reaches the layers behind it.
    The pass adds one step of latency, and its spikes are counted.
    """

    def record(self, simulation: "Simulation", time: int) -> "Recording":
        fork = simulation.fork()
        fork.step(Step(time + 1, image=False, bias=False, phase="release"))
        return fork.record(time)
