"""Codes for tests: one of each way to send a number of levels."""

from dataclasses import dataclass

from spikebench.snn import BinaryDigits, Coded, Cost, SignedDigits


@dataclass(frozen=True)
class Unary(Coded):
    """One event a level, in the first steps of the window."""

    @property
    def window(self):
        return self.levels

    @property
    def cost(self):
        return Cost(listen=1, send=2)

    def digit(self, time):
        return 1

    def count(self, k):
        return k

    def fire(self, u, state, step):
        return u >= 1


CODES = (Unary, BinaryDigits, SignedDigits)
