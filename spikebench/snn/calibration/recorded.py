"""What a site sent on the calibration patches, step by step: recorded, and played again."""

from dataclasses import dataclass, field
from typing import ClassVar

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.engine.observe import Firing
from spikebench.snn.model.neuron import Integrator, Neuron
from spikebench.snn.model.spikes.spikemap import SpikeMap
from spikebench.snn.model.step import State, Step


@dataclass(frozen=True)
class SpikeTrain:
    """Numbers of spikes (N, C, h, w) of each step, of theta each; `key` says of what they come."""

    key: str
    theta: Tensor
    numbers: list[Tensor]

    def values(self) -> list[Tensor]:
        """Return the output of each step, (N, C, h, w)."""
        return [SpikeMap(number, self.theta).values for number in self.numbers]

    def mean(self) -> Tensor:
        """Return the mean output over time, (N, C, h, w)."""
        total = torch.zeros_like(SpikeMap(self.numbers[0], self.theta).values)
        for number in self.numbers:
            total += SpikeMap(number, self.theta).values
        return total / len(self.numbers)

    def player(self, patches: slice) -> "Player":
        """Return a neuron that sends it for some of the patches."""
        return Player(self.theta, numbers=[number[patches] for number in self.numbers])


@dataclass(frozen=True)
class Player(Neuron):
    """Sends what was recorded, whatever arrives."""

    numbers: list[Tensor] = field(default_factory=list)

    integrator: ClassVar[Integrator] = "own"

    def step(
        self, state: State, current: Tensor, step: Step, out: Tensor | None = None
    ) -> tuple[Tensor | SpikeMap, Tensor]:
        number = self.numbers[step.time - 1]
        return SpikeMap(number, self.theta), number


def numbers_of(firing: Firing) -> Tensor:
    """Return the numbers (N, C, h, w) of a step, int8 or float, which say all that is sent.

    Raises `BenchError` where the neuron sent other values than theta times its numbers.
    """
    number, theta = firing.number, firing.neuron.theta
    number = number.view(torch.int8) if number.dtype == torch.bool else number
    if not torch.equal(firing.values, SpikeMap(number, theta).values):
        raise BenchError(
            f"A {type(firing.neuron).__name__} does not send theta times its numbers: what follows "
            "it cannot be calibrated. Return theta * n from `step`."
        )
    return number
