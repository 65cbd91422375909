"""Which rows of a board a selection shows under an energy model, and how they rank."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spikebench.analysis.selection import Selection, chosen
from spikebench.analysis.statistics import compare, places, shared_ranks
from spikebench.report.boards.row import Row

MARKS = ("best", "second")


@dataclass(frozen=True)
class Priced:
    """A row as a selection sees it, its energy taken from one model."""

    row: Row
    energy: float

    @property
    def method(self) -> str:
        return self.row.method

    @property
    def timesteps(self) -> int:
        return self.row.timesteps

    @property
    def psnr(self) -> float:
        return self.row.psnr


@dataclass(frozen=True)
class Ranked:
    """A row that is shown: its rank, its rank among rows of its kind of spikes, its mark.

    References are shown with rank 0 and the mark "reference", rows without a PSNR with rank 0 and
    none; "best" and "second" mark the rows of the smallest rank and of the next one that a row has.
    `first` to `last` are the ranks that the images leave open; `level` says that all rows with
    which it shares them are shown to be equal to it (`statistics.equivalence`).
    """

    row: Row
    rank: int = 0
    in_class: int = 0
    mark: str = ""
    first: int = 0
    last: int = 0
    level: bool = False

    @property
    def place(self) -> str:
        """The rank as it is shown: "3", "3\N{EN DASH}7", or "3\N{EN DASH}7 =" among equals."""
        if not self.rank:
            return ""
        if self.first == self.last:
            return str(self.first)
        return f"{self.first}\N{EN DASH}{self.last}{' =' if self.level else ''}"


def ranking(rows: Sequence[Row], selection: Selection, model: str | None = None) -> list[Ranked]:
    """Return the rows shown, in the order of `rows`; ties to 0.01 dB share a rank.

    Energy is by `model`, the one that ranks if it is None. A reference without steps shows under
    every selection, one that depends on T as a method would.
    """
    priced = [Priced(row, row.energy if model is None else row.prices[model].ratio) for row in rows]
    twins = [each for each in priced if each.row.reference and not each.row.still]
    shown = [each.row for each in chosen(selection, [e for e in priced if not e.row.reference])]
    references = [*(row for row in rows if row.still), *(e.row for e in chosen(selection, twins))]
    ranks = _ranks(shown)
    within: dict[int, int] = {}
    for kind in {row.spike_class for row in shown}:
        within |= _ranks([row for row in shown if row.spike_class == kind])
    marks = dict(zip(sorted(set(ranks.values())), MARKS, strict=False))
    left_open = _open(shown)
    found = {id(row): Ranked(row, mark="reference") for row in references}
    for row in shown:
        rank, place = ranks.get(id(row), 0), left_open.get(id(row), (0, 0, False))
        found[id(row)] = Ranked(row, rank, within.get(id(row), 0), marks.get(rank, ""), *place)
    return [found[id(row)] for row in rows if id(row) in found]


def _ranks(rows: list[Row]) -> dict[int, int]:
    """Return the rank of each row that has a PSNR by its `id`."""
    measured = [row for row in rows if row.measured]
    if not measured:
        return {}
    ranks = shared_ranks(np.array([row.psnr for row in measured]))
    return {id(row): int(rank) for row, rank in zip(measured, ranks, strict=True)}


def _open(rows: list[Row]) -> dict[int, tuple[int, int, bool]]:
    """Return first and last rank of each row that has a PSNR, and whether its ties are equals."""
    measured = [row for row in rows if row.measured]
    if not measured:
        return {}
    pairs = compare(np.stack([row.per_image for row in measured]))
    first, last = places(pairs)
    level = (pairs.equal | pairs.better | pairs.better.T).all(axis=1)
    found = zip(first.tolist(), last.tolist(), level.tolist(), strict=True)
    return {id(row): place for row, place in zip(measured, found, strict=True)}
