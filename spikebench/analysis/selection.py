"""Selections: which T stands for a method when methods are ranked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar


class Candidate(Protocol):
    """What a selection looks at: a method at one T; energy is in units of the ANN's."""

    @property
    def method(self) -> str: ...
    @property
    def timesteps(self) -> int: ...
    @property
    def psnr(self) -> float: ...
    @property
    def energy(self) -> float: ...


Chosen = TypeVar("Chosen", bound=Candidate)


@dataclass(frozen=True)
class Selection:
    """Either one T for all (`timesteps`), or each method's best T within an energy budget.

    `budget` is in units of the ANN's energy; infinity sets no limit. A selection with neither shows
    every T.
    """

    key: str
    label: str
    timesteps: int | None = None
    budget: float | None = None

    @property
    def one_each(self) -> bool:
        """Whether the selection shows a method at one T at most."""
        return self.timesteps is not None or self.budget is not None


DEFAULT = Selection("e100", "best T, at most the ANN's energy", budget=1.0)
HALF = Selection("e50", "best T, at most half the ANN's energy", budget=0.5)
EVERY = Selection("all", "every T")


def selections(grid: Sequence[int]) -> list[Selection]:
    """Return what rows are compared under, the default first; `grid` holds the recorded T."""
    fixed = [Selection(f"t{time}", f"T = {time}", timesteps=time) for time in grid]
    free = Selection("best", "best T, any energy", budget=float("inf"))
    return [DEFAULT, HALF, free, *fixed, EVERY]


def tested(grid: Sequence[int]) -> list[Selection]:
    """Return the selections of `selections` that show a method once at most: each has tests."""
    return [selection for selection in selections(grid) if selection.one_each]


BUDGETS = (1, 2, 5, 10, 20, 30, 40, 50, 75, 100, 150, 200)  # % of the ANN's energy


def offered(grid: Sequence[int]) -> list[Selection]:
    """Return the selections that the page offers: those of `selections`, and further budgets.

    What rests on a test (comparisons, standings) is made under `selections` alone.
    """
    known = {selection.key: selection for selection in selections(grid)}
    limits = [
        known.get(f"e{share}")
        or Selection(
            f"e{share}", f"best T, at most {share} % of the ANN's energy", None, share / 100
        )
        for share in BUDGETS
    ]
    return [*limits, *(selection for selection in known.values() if selection not in limits)]


def chosen(selection: Selection, rows: Sequence[Chosen]) -> list[Chosen]:
    """Return the rows that a selection shows.

    Of equally good T the cheaper one stands for a method. A method without any T inside the budget
    is not shown; nor is a row whose energy is missing, where there is a budget. A missing PSNR is
    worse than any other.
    """
    if selection.timesteps is not None:
        return [row for row in rows if row.timesteps == selection.timesteps]
    if selection.budget is None:
        return list(rows)
    best: dict[str, Chosen] = {}
    for row in rows:
        if not row.energy <= selection.budget:
            continue
        rival = best.get(row.method)
        if rival is None or _order(row) > _order(rival):
            best[row.method] = row
    return list(best.values())


def _order(row: Candidate) -> tuple[float, float]:
    return (-math.inf if math.isnan(row.psnr) else row.psnr, -row.energy)
