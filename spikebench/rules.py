"""Rules: which T stands for a method when methods are ranked."""

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


def rules(grid: Sequence[int]) -> list[Rule]:
    """Return the rules a page offers, the default first. `grid` holds the recorded T."""
    fixed = [Rule(f"t{time}", f"T = {time}", timesteps=time) for time in grid]
    free = Rule("best", "best T, any energy", budget=float("inf"))
    return [DEFAULT, HALF, free, *fixed, Rule("all", "every T")]


def chosen(rule: Rule, rows: Sequence[Chosen]) -> list[Chosen]:
    """Return the rows that a rule shows.

    Of equally good T the cheaper one stands for a method. A method without any T inside the budget
    is not shown.
    """
    if rule.timesteps is not None:
        return [row for row in rows if row.timesteps == rule.timesteps]
    if rule.budget is None:
        return list(rows)
    best: dict[str, Chosen] = {}
    for row in rows:
        if row.energy > rule.budget:
            continue
        rival = best.get(row.method)
        if rival is None or (row.psnr, -row.energy) > (rival.psnr, -rival.energy):
            best[row.method] = row
    return list(best.values())
