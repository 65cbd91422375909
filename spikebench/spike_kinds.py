"""The kinds of spikes and all that is known of each; nothing here imports torch.

A kind is added here alone: prices, checks, tables and the page ask its properties.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What a kind of spikes is to those who count, price and show it.

    `meaning` says in words which values it sends. `payload_bits` are the bits that say what a spike
    is worth. `most` is the largest multiplicity of one neuron in one step, None where values are no
    spikes. A kind with `sign` may be negative, one with `shift` is worth powers of two; one that
    sends `digits` sends in one step what a quantised activation is. Of one that is `timed`, the
    step in which a spike comes says what it is worth, to all who receive it.
    """

    meaning: str
    payload_bits: int
    most: int | None
    sign: bool = False
    shift: bool = False
    digits: bool = False
    timed: bool = False


NOTHING = Traits(meaning="nothing", payload_bits=0, most=0)


class SpikeKind(IntEnum):
    """Alphabets of spikes from the poorest to the richest; a row's class is its richest.

    Numbers are int8, hence bursts of 127 with a sign in 8 bits; a graded spike has a sign and at
    most 8 digits (`spikebench.snn.model.spikes` refuses more).
    """

    traits: Traits

    def __new__(cls, order: int, traits: Traits = NOTHING) -> Self:
        member = int.__new__(cls, order)
        member._value_ = order
        member.traits = traits
        return member

    NONE = 0, NOTHING
    BINARY = 1, Traits(meaning="0 or 1", payload_bits=1, most=1)
    TIMED = (
        2,
        Traits(
            meaning="0 or 1, worth what the step says in which it comes",
            payload_bits=1,
            most=1,
            timed=True,
        ),
    )
    SIGNED = 3, Traits(meaning="\N{MINUS SIGN}1, 0 or 1", payload_bits=2, most=1, sign=True)
    BURST = (
        4,
        Traits(meaning="several in a step", payload_bits=8, most=127, sign=True, digits=True),
    )
    GRADED = (
        5,
        Traits(
            meaning="by powers of two, each digit counted as a spike",
            payload_bits=9,
            most=8,
            sign=True,
            shift=True,
            digits=True,
        ),
    )
    ANALOGUE = 6, Traits(meaning="any value", payload_bits=0, most=None, sign=True)

    @property
    def label(self) -> str:
        """The kind as tables name it, in lower case."""
        return self.name.lower()

    @property
    def sends(self) -> bool:
        """Whether its values are spikes at all."""
        return bool(self.traits.most)

    @classmethod
    def of(cls, label: str) -> "SpikeKind":
        """Return the kind that tables name so. Raises `KeyError` for another word."""
        return cls[label.upper()]
