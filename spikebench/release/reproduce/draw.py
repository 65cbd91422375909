"""The random draw of cells: the same for the same seed, on every machine, and even over pairs."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from spikebench.errors import BenchError
from spikebench.run.cell import Cell


class TableCell(NamedTuple):
    """A cell as tables name it, where a part of a data set has a label such as `urban100[20]`."""

    dataset: str
    backbone: str
    method: str
    seed: int

    @property
    def of_run(self) -> Cell:
        """The cell of the workflow, under which its files lie."""
        return Cell.of_row(*self)

    def __str__(self) -> str:
        return f"{self.dataset} {self.backbone} {self.method} seed {self.seed}"


def draw(cells: Iterable[TableCell], count: int, seed: int) -> list[TableCell]:
    """Return `count` cells, drawn from each (data set, backbone) as evenly as possible.

    Two pairs differ by one cell at most, but for a pair that has no more. The order of `cells` does
    not matter, and no generator of random numbers does: cells are taken in the order of hashes of
    their names and the seed. Raises `BenchError` where there are fewer cells.
    """
    pairs = defaultdict(list)
    for cell in sorted(set(cells), key=lambda cell: _place(cell, seed)):
        pairs[cell.dataset, cell.backbone].append(cell)
    # All first cells of pairs stand before all second ones
    rounds = [(turn, cell) for found in pairs.values() for turn, cell in enumerate(found)]
    if not 0 < count <= len(rounds):
        raise BenchError(
            f"{count} cells cannot be drawn from {len(rounds)}. Ask for fewer, or raise "
            "--most-seconds where it leaves some out, or give --any-device where a processor does."
        )
    rounds.sort(key=lambda item: (item[0], _place(item[1], seed)))
    return [cell for _, cell in rounds[:count]]


def _place(cell: TableCell, seed: int) -> bytes:
    return hashlib.sha256(repr((seed, *cell)).encode()).digest()
