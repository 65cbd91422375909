"""A cell: one evaluation of a run, all images and the whole grid of time steps."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self


def whole_set(label: str) -> str:
    """Return the name of the set that a label of the tables, such as `urban100[20]`, is part of."""
    return label.partition("[")[0]


@dataclass(frozen=True)
class Cell:
    """A data set, a backbone, a row of `methods`, a seed; or the wildcards of a rule for them."""

    dataset: str
    backbone: str
    method: str
    seed: int

    @classmethod
    def of_row(cls, dataset: str, backbone: str, method: str, seed: int) -> Self:
        """Return the cell of a row of the tables, where a part of a set has its own name.

        Of urban100[20] it is the cell of urban100, under which its files lie.
        """
        return cls(whole_set(dataset), backbone, method, seed)

    @property
    def conversion(self) -> Path:
        """The folders BACKBONE/METHOD/seedN: cells of several data sets share a conversion."""
        return Path(self.backbone, self.method, f"seed{self.seed}")

    @property
    def evaluation(self) -> Path:
        """The folders DATASET/BACKBONE/METHOD/seedN."""
        return Path(self.dataset) / self.conversion
