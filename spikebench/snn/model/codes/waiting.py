"""The protocol of networks whose layers wait for each other."""

from dataclasses import dataclass
from typing import ClassVar

from spikebench.snn.model.protocols import Protocol


@dataclass
class Waiting(Protocol):
    """Image and biases once; each layer sends in a window of its own, when its input is complete.

    All neurons are `Coded`. Nothing but their levels depends on T, which the method chooses: T is
    how many levels a code may use, as T steps tell T + 1 values apart.
    """

    waits: ClassVar[bool] = True
