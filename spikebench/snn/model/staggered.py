"""A staggered start: every layer of neurons begins some steps after the layer before it.

A layer's first decision then sees the first spikes of the layer before, and what a layer takes
back at its end still reaches those behind it. Layers are counted along the longest path.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spikebench.snn.model.protocols import Protocol, Steppable
from spikebench.snn.model.recording import Recording
from spikebench.snn.model.step import REUSE, SILENT, WAITING, Step


@dataclass(frozen=True)
class StaggeredStep(Step):
    """One pass in which layer k = 0, 1, .. is `delay` k steps behind the first.

    A layer waits up to its time 0, in which it integrates what others send already. Without
    `timesteps` its regular steps go on; with `timesteps` = T they end at T, and it is in REUSE for
    `afterwards` steps and SILENT from then on. Image and biases come in regular steps alone.
    """

    delay: int = 0
    afterwards: int = 0

    def at(self, layers: int) -> Step:
        time = self.time - self.delay * layers
        if time < 1:
            return Step(time, image=False, bias=False, phase=WAITING)
        if not self.timesteps or time <= self.timesteps:
            return Step(time)
        phase = REUSE if time <= self.timesteps + self.afterwards else SILENT
        return Step(time, image=False, bias=False, phase=phase, timesteps=self.timesteps)


@dataclass
class Staggered(Protocol):
    """Direct coding with a staggered start, and steps in phase REUSE when a layer has had its T.

    At each recorded T a copy of the state ends the run: every layer takes the regular steps that
    it still lacks, and `afterwards` steps of reuse. The latency is T + `afterwards` +
    `delay` * (layers - 1). With both at 0 it is `Protocol`.
    """

    delay: int = 1
    afterwards: int = 1

    def run(self, simulation: Steppable, grid: Sequence[int]) -> Iterator[Recording]:
        yield from self.onward(simulation, grid, self._step)

    def record(self, simulation: Steppable, time: int) -> Recording:
        fork = simulation.fork()
        last = time + self.afterwards + self.delay * (simulation.layers - 1)
        fork.advance([self._step(each, time) for each in range(time + 1, last + 1)])
        return fork.record(time)

    def _step(self, time: int, timesteps: int = 0) -> StaggeredStep:
        return StaggeredStep(
            time, timesteps=timesteps, delay=self.delay, afterwards=self.afterwards
        )
