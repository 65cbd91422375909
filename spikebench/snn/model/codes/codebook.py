"""The audit of a code: all its words, as its neuron sends them, one-bit event by event.

Counts and values of a network whose layers wait rest on whole numbers of levels. That is right if
the events of every number add up to it, each worth what its step says and nothing else says.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.model.codes.coded import Coded
from spikebench.snn.model.step import Step
from spikebench.spike_kinds import SpikeKind


@dataclass(frozen=True)
class Codebook:
    """The events of each number of levels, int8 (window, levels + 1), and what each is worth."""

    events: Tensor
    digits: tuple[int, ...]

    @classmethod
    def of(cls, neuron: Coded) -> "Codebook":
        """Let a neuron send every number of levels, and audit what it sends.

        Raises `BenchError` where an event is more than one bit with a sign, where what it is worth
        is not said by the step alone, where the events of a number do not add up to it, or where
        `count` says another number of them.
        """
        unit = torch.tensor(float(neuron.levels), dtype=torch.float64)
        sender = replace(neuron, theta=unit, signed=False)
        numbers = torch.arange(neuron.levels + 1, dtype=torch.float64).view(1, 1, 1, -1)
        state, events = sender.start(numbers), []
        for time in range(1, neuron.window + 1):
            _, event = sender.step(state, numbers, Step(time))
            events.append(_one_bit(neuron, event, time).view(-1))
        digits = tuple(neuron.digit(time) for time in range(1, neuron.window + 1))
        found = cls(torch.stack(events), digits)
        found._check(neuron)
        return found

    def kind(self, least: int, most: int) -> SpikeKind:
        """Return the kind of the events that send numbers of levels between two bounds."""
        sent = self.events[:, : max(-least, most) + 1]
        if least < 0 or bool((sent < 0).any()):
            return SpikeKind.SIGNED
        used = {digit for digit, step in zip(self.digits, sent, strict=True) if step.any()}
        return SpikeKind.TIMED if len(used) > 1 else SpikeKind.BINARY

    def _check(self, neuron: Coded) -> None:
        name = type(neuron).__name__
        if not all(type(digit) is int and digit > 0 for digit in self.digits):
            raise BenchError(
                f"{name}: an event is worth {self.digits} levels; expected positive whole numbers "
                "that `digit` takes from the step alone."
            )
        numbers = torch.arange(neuron.levels + 1, dtype=torch.int32)
        sent = (torch.tensor(self.digits)[:, None] * self.events).sum(0)
        _refuse(name, "add up to", numbers, sent, numbers)
        counted = neuron.count(numbers)
        _refuse(name, "are", numbers, self.events.abs().sum(0), counted)


def _one_bit(neuron: Coded, event: Tensor, time: int) -> Tensor:
    """Return the events of a step as int8. Raises `BenchError` where one says more than a bit."""
    if event.dtype.is_floating_point or bool((event.to(torch.int16).abs() > 1).any()):
        raise BenchError(
            f"{type(neuron).__name__}, step {time}: it sends {event.unique().tolist()[:5]}; an "
            "event of a code is 0 or 1, or has a sign. Let `fire` return bool or int8, and put "
            "what an event is worth into `digit`."
        )
    return event.to(torch.int8)


def _refuse(name: str, what: str, numbers: Tensor, found: Tensor, expected: Tensor) -> None:
    wrong = numbers[found != expected]
    if len(wrong):
        first = int(wrong[0])
        raise BenchError(
            f"{name}: the events of {first} levels {what} {int(found[first])}, not "
            f"{int(expected[first])}. What is counted and passed on would not be what is sent."
        )
