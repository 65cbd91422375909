"""An energy model: from the work that was counted to picojoules."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd  # pricing imports it; naming a model in a configuration need not

FirstLayer = Literal["cached", "streaming"]


@dataclass(frozen=True, kw_only=True)
class EnergyModel(ABC):
    """Prices work, whoever did it: the ANN, its sparse or quantised rival, the spiking network.

    `first_layer` chooses the accounting of the constant current of the image: "cached" pays its
    multiply-accumulates once, "streaming" at every step that presents the image. `source` says
    where the prices come from, `omits` what has no price.
    """

    name: str
    title: str
    source: str
    omits: str
    first_layer: FirstLayer = "cached"

    def described(self, entry: str) -> dict[str, str]:
        """Return its row of energy_models.parquet; `entry` is what the configuration names."""
        return {
            "name": self.name,
            "title": self.title,
            "source": self.source,
            "omits": self.omits,
            "first_layer": self.first_layer,
            "entry": entry,
        }

    @abstractmethod
    def picojoule(self, work: pd.DataFrame) -> pd.Series:
        """Return the energy of each row of `work`, in pJ; its columns are `work.COLUMNS`.

        Work of zero costs zero, and the energy is linear in the spikes and what they cause.
        """
