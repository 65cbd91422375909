"""Codes whose events are the digits of a number of levels, the highest first."""

from dataclasses import dataclass

import torch
from torch import Tensor

from spikebench.snn.model.codes.coded import Coded, Cost
from spikebench.snn.model.spikes.popcount import ones
from spikebench.snn.model.step import State, Step


@dataclass(frozen=True)
class BinaryDigits(Coded):
    """Sends the binary digits of k in K = bit_length(levels) steps: an event at u >= 2^(K-t).

    The event takes what it is worth from the potential. Where `levels` is no 2^K - 1, larger
    potentials are cut before the window begins; else the largest number has all digits.
    """

    @property
    def window(self) -> int:
        return self.levels.bit_length()

    @property
    def cost(self) -> Cost:
        # Listening: double the potential, add. Sending: compare (signed: twice), subtract.
        return Cost(listen=2, send=2 + self.signed, once=int(not self._full))

    def digit(self, time: int) -> int:
        return int(2 ** (self.window - time))

    def count(self, k: Tensor) -> Tensor:
        return ones(k)

    def hold(self, potential: Tensor) -> Tensor:
        return potential if self._full else potential.clamp_(max=float(self.levels))

    def fire(self, u: Tensor, state: State, step: Step) -> Tensor:
        return u >= self.digit(step.time)

    @property
    def _full(self) -> bool:
        return bool(self.levels == 2**self.window - 1)


@dataclass(frozen=True)
class SignedDigits(Coded):
    """Sends the non-adjacent form of k in K + 1 steps: digits -1, 0, 1, no two neighbours non-zero.

    Of a whole number between -levels and levels, a digit leaves where the rest holds two thirds of
    its worth: of all forms with these digits, that is the one of fewest (Reitwiesner, Advances in
    Computers 1, 1960). So the potential is cut and rounded before the window begins.
    """

    @property
    def window(self) -> int:
        return self.levels.bit_length() + 1

    @property
    def cost(self) -> Cost:
        # Listening: double, add. Sending: two comparisons, subtract. Once: two cuts, rounding.
        return Cost(listen=2, send=3, once=3)

    def digit(self, time: int) -> int:
        return int(2 ** (self.window - time))

    def count(self, k: Tensor) -> Tensor:
        return ones(k ^ (3 * k))

    def hold(self, potential: Tensor) -> Tensor:
        return potential.floor_().clamp_(0, self.levels)

    def fire(self, u: Tensor, state: State, step: Step) -> Tensor:
        leaves = 3 * u.abs() >= 2 * self.digit(step.time)
        return leaves.to(torch.int8) * u.sign().to(torch.int8)
