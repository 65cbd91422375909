"""Who is compared on compare.html, under the energy model by which a board ranks."""

from dataclasses import dataclass

import numpy as np

from spikebench.analysis.selection import DEFAULT
from spikebench.analysis.statistics import Curve, curve
from spikebench.report.boards.board import Board
from spikebench.report.boards.row import Row


@dataclass(frozen=True)
class Contender:
    """A method's T, those with a price and a finite PSNR; `row` is the T that stands for it."""

    row: Row
    energy: np.ndarray  # (T,), ANN = 1
    psnr: np.ndarray  # (T, images), dB

    @property
    def curve(self) -> Curve:
        """Its mean PSNR over its energy."""
        return curve(self.energy, self.psnr.mean(axis=1))


def contenders(board: Board) -> list[Contender]:
    """Return the competitors: those that the default selection shows first, best first.

    A method that has no T within the ANN's energy stands at its best T. One without a price under
    the model that ranks is none of them; `board.under(model)` makes another model rank.
    """
    chosen: dict[str, Row] = {}
    for row in (*board.shown(DEFAULT), *board.competitors):
        if _known(row):
            chosen.setdefault(row.method, row)
    steps: dict[str, list[Row]] = {method: [] for method in chosen}
    for row in board.competitors:
        if _known(row):
            steps[row.method].append(row)
    return [
        Contender(
            row,
            np.array([each.energy for each in steps[method]]),
            np.stack([each.per_image for each in steps[method]]),
        )
        for method, row in chosen.items()
    ]


def left_out(board: Board) -> list[str]:
    """Return the names of the competitors that the model that ranks prices at no T."""
    rows = {row.method: row.name for row in board.competitors if row.measured}
    priced = {row.method for row in board.competitors if _known(row)}
    return [name for method, name in rows.items() if method not in priced]


def _known(row: Row) -> bool:
    return row.measured and row.price.known
