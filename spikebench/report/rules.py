"""Rules: which T stands for a method when methods are ranked."""

from collections.abc import Sequence
from dataclasses import dataclass

from spikebench.report.row import Row


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


DEFAULT = Rule("e100", "best T, at most the ANN's energy", budget=1.0)
HALF = Rule("e50", "best T, at most half the ANN's energy", budget=0.5)


def rules(grid: Sequence[int]) -> list[Rule]:
    """Return the rules a page offers, the default first. `grid` holds the recorded T."""
    fixed = [Rule(f"t{time}", f"T = {time}", timesteps=time) for time in grid]
    free = Rule("best", "best T, any energy", budget=float("inf"))
    return [DEFAULT, HALF, free, *fixed, Rule("all", "every T")]


def chosen(rule: Rule, rows: Sequence[Row]) -> list[Row]:
    """Return the rows that a rule shows.

    Of equally good T the cheaper one stands for a method. A method without any T inside the budget
    is not shown.
    """
    if rule.timesteps is not None:
        return [row for row in rows if row.timesteps == rule.timesteps]
    if rule.budget is None:
        return list(rows)
    best: dict[str, Row] = {}
    for row in rows:
        if row.energy > rule.budget:
            continue
        rival = best.get(row.method)
        if rival is None or (row.psnr, -row.energy) > (rival.psnr, -rival.energy):
            best[row.method] = row
    return list(best.values())
