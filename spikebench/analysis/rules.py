"""Rules: which T stands for a method when methods are ranked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar


class Candidate(Protocol):
    """What a rule looks at: a method at one T; energy is in units of the ANN's."""

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
class Rule:
    """Either one T for all (`timesteps`), or each method's best T within an energy budget.

    `budget` is in units of the ANN's energy; infinity sets no limit. A rule with neither shows
    every T.
    """

    key: str
    label: str
    timesteps: int | None = None
    budget: float | None = None

    @property
    def one_each(self) -> bool:
        """Whether the rule shows a method at one T at most."""
        return self.timesteps is not None or self.budget is not None


DEFAULT = Rule("e100", "best T, at most the ANN's energy", budget=1.0)
HALF = Rule("e50", "best T, at most half the ANN's energy", budget=0.5)
EVERY = Rule("all", "every T")


def rules(grid: Sequence[int]) -> list[Rule]:
    """Return the rules a page offers, the default first. `grid` holds the recorded T."""
    fixed = [Rule(f"t{time}", f"T = {time}", timesteps=time) for time in grid]
    free = Rule("best", "best T, any energy", budget=float("inf"))
    return [DEFAULT, HALF, free, *fixed, EVERY]


def chosen(rule: Rule, rows: Sequence[Chosen]) -> list[Chosen]:
    """Return the rows that a rule shows.

    Of equally good T the cheaper one stands for a method. A method without any T inside the budget
    is not shown; nor is a row whose energy is missing, where there is a budget. A missing PSNR is
    worse than any other.
    """
    if rule.timesteps is not None:
        return [row for row in rows if row.timesteps == rule.timesteps]
    if rule.budget is None:
        return list(rows)
    best: dict[str, Chosen] = {}
    for row in rows:
        if not row.energy <= rule.budget:
            continue
        rival = best.get(row.method)
        if rival is None or _order(row) > _order(rival):
            best[row.method] = row
    return list(best.values())


def _order(row: Candidate) -> tuple[float, float]:
    return (-math.inf if math.isnan(row.psnr) else row.psnr, -row.energy)
