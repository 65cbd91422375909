"""What a site sent on the calibration patches, step by step: recorded, and played again."""

import copy
from dataclasses import dataclass, field

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.kernels.fire import fire
from spikebench.snn.model.neurons import Neuron, State
from spikebench.snn.model.protocols import Step
from spikebench.snn.model.spikemap import SpikeMap


@dataclass(frozen=True)
class Train:
    """Numbers of spikes (N, C, h, w) of each step, of theta each; `key` says of what they come."""

    key: str
    theta: Tensor
    numbers: list[Tensor]

    def mean(self) -> Tensor:
        """Return the mean output over time, (N, C, h, w)."""
        total = torch.zeros_like(SpikeMap(self.numbers[0], self.theta).values)
        for number in self.numbers:
            total += SpikeMap(number, self.theta).values
        return total / len(self.numbers)

    def player(self, patches: slice) -> "Player":
        """Return a neuron that sends it for some of the patches."""
        return Player(self.theta, numbers=[number[patches] for number in self.numbers])


@dataclass
class Player(Neuron):
    """Sends what was recorded, whatever arrives."""

    numbers: list[Tensor] = field(default_factory=list)

    def step(self, state, current, step, out=None):
        number = self.numbers[step.time - 1]
        return SpikeMap(number, self.theta), number


def recording(neuron: Neuron) -> tuple[Neuron, list[Tensor]]:
    """Return a neuron that behaves alike, and a list that its numbers are added to."""
    numbers: list[Tensor] = []

    def step(state, current, step, out=None):
        launch = neuron.launch(state, step)
        found = None if launch is None else fire([launch], [current])
        numbers.append(found[0] if found else _numbers_of(neuron, state, current, step))
        return SpikeMap(numbers[-1], neuron.theta), numbers[-1]

    ear = copy.copy(neuron)
    ear.step = step
    return ear, numbers


def _numbers_of(neuron: Neuron, state: State, current: Tensor, step: Step) -> Tensor:
    """Take a step in PyTorch and return the numbers, which must say all that is sent."""
    values, number = neuron.step(state, current, step)
    number = number.view(torch.int8) if number.dtype == torch.bool else number
    if not torch.equal(values, SpikeMap(number, neuron.theta).values):
        raise BenchError(
            f"A {type(neuron).__name__} does not send theta times its numbers: what follows it "
            "cannot be calibrated. Return theta * n from `step`."
        )
    return number
