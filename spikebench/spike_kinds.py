"""The kinds of spikes, the one enumeration of them; nothing here imports torch."""

from enum import IntEnum


class SpikeKind(IntEnum):
    """Alphabets of spikes from the poorest to the richest; a row's class is its richest."""

    NONE = 0
    BINARY = 1
    SIGNED = 2
    BURST = 3
    GRADED = 4
    ANALOGUE = 5

    @property
    def label(self) -> str:
        """The kind as tables name it, in lower case."""
        return self.name.lower()

    @classmethod
    def of(cls, label: str) -> "SpikeKind":
        """Return the kind that tables name so. Raises `KeyError` for another word."""
        return cls[label.upper()]
