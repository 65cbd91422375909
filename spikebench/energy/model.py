"""An energy model: a price for each kind of operation."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class EnergyModel:
    """Prices in joule per operation, and which of the two MAC counts they apply to.

    `macs` chooses the accounting of a constant analogue current: "macs_cached" pays the first
    layer once, "macs_streaming" at every step. `omits` says in words what has no price here.
    """

    name: str
    title: str
    mac: float
    ac: float
    macs: Literal["macs_cached", "macs_streaming"]
    source: str
    omits: str
