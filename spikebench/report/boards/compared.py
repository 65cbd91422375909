"""How the methods of a board compare, as lines of a table; and how they stand over all boards."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from spikebench.analysis.compare.standings import ALL, HYBRID
from spikebench.analysis.selection import DEFAULT, Selection
from spikebench.analysis.statistics import ENOUGH
from spikebench.report.boards.board import Board, task_name
from spikebench.report.results import Results
from spikebench.results.columns.comparisons import TARGET_COLUMNS
from spikebench.results.frames import named, records

LEVEL = 0.05  # of significance


@dataclass(frozen=True)
class Paired:
    """A difference in dB over the images of a board, with its interval and Holm's p.

    `p_equal` is that of the two one-sided tests that it lies within `MARGIN`.
    """

    mean: float
    low: float
    high: float
    p: float | None
    seed_sd: float | None
    p_equal: float | None = None

    @property
    def equal(self) -> bool:
        """Whether the rows are shown to differ by less than the margin."""
        return self.p_equal is not None and self.p_equal < LEVEL

    @property
    def distinct(self) -> bool:
        """Whether a test tells the two rows apart."""
        return self.p is not None and self.p < LEVEL


@dataclass(frozen=True)
class Line:
    """A method under a selection, and along its curve.

    `gap` is to the ANN, `lead` to the best row; None where the selection does not show the method,
    and where it is the best itself. `curve` is its row of curves.parquet by the model that ranks.
    """

    name: str
    timesteps: int | None
    gap: Paired | None
    lead: Paired | None
    best: bool
    curve: dict[str, Any]

    @property
    def level(self) -> bool:
        """Whether tests were made, and do not tell the row from the best, or show them equal."""
        if self.lead is None:
            return False
        return self.lead.equal or (self.lead.p is not None and not self.lead.distinct)

    @property
    def targets(self) -> list[tuple[float | None, int | None]]:
        """Energy, ANN = 1, and T to come within each target of the ANN; None out of reach."""
        found = [(self.curve[ratio], self.curve[steps]) for ratio, steps in TARGET_COLUMNS.values()]
        return [(ratio, int(steps)) if steps > 0 else (None, None) for ratio, steps in found]


@dataclass(frozen=True)
class Compared:
    """The comparisons of a board: under a selection in order of rank, then all others."""

    lines: list[Line]
    reference: str  # name of the row that curves are compared with
    images: int
    seeds: int

    @property
    def tested(self) -> bool:
        return self.images >= ENOUGH


def compared(board: Board, results: Results, selection: Selection = DEFAULT) -> Compared:
    """Return the comparisons of a board under a selection that shows a method once at most."""
    names = dict(zip(results.methods["method"], results.methods["name"], strict=True))
    curves = on_board(results.curves, board)
    curves = curves[curves["energy_model"] == results.models[0]].set_index("method")
    shown = {row.method: row for row in board.shown(selection)}
    paired = {
        against: pairs(results.comparisons, board, against, selection.key)
        for against in ("ann", "best")
    }
    lines = [
        Line(
            name=names[method],
            timesteps=shown[method].timesteps if method in shown else None,
            gap=paired["ann"].get(method),
            lead=paired["best"].get(method),
            best=method in shown and method not in paired["best"],
            curve=named(curves.loc[method]),
        )
        for method in [*shown, *(method for method in curves.index if method not in shown)]
    ]
    return Compared(
        lines,
        reference=names.get(next(iter(curves["reference"]), ""), ""),
        images=board.compared,
        seeds=int(on_board(results.leaderboard, board)["seeds"].max()),
    )


def pairs(
    comparisons: pd.DataFrame, board: Board, against: str, selection: str = DEFAULT.key
) -> dict[str, Paired]:
    """Return the paired differences of a board's rows under a selection, by method."""
    mine = on_board(comparisons, board)
    mine = mine[(mine["rule"] == selection) & (mine["against"] == against)]
    return {
        row["method"]: Paired(
            row["difference_db"],
            row["difference_low"],
            row["difference_high"],
            _or_none(row["p_holm"]),
            _or_none(row["seed_sd_db"]),
            _or_none(row["p_equal"]),
        )
        for row in records(mine)
    }


def on_board(table: pd.DataFrame, board: Board) -> pd.DataFrame:
    """Return the rows of a table that belong to a board."""
    return table[(table["dataset"] == board.dataset) & (table["backbone"] == board.backbone)]


@dataclass(frozen=True)
class Standing:
    """The Borda count over the boards of one scope under the default selection, best first."""

    title: str
    boards: int
    rows: list[dict[str, Any]]  # of standings.parquet, with the method's `name`


def standings(results: Results) -> list[Standing]:
    """Return the standings over two boards or more: over all of them, then by task.

    Those of hybrid networks stand apart: their boards are in no other standing.
    """
    names = dict(zip(results.methods["method"], results.methods["name"], strict=True))
    table = results.standings[results.standings["rule"] == DEFAULT.key]
    table = table.assign(name=table["method"].map(names))
    found = [
        Standing(_scope_name(str(scope)), int(rows["boards"].iloc[0]), records(rows))
        for scope, rows in sorted(table.groupby("scope"), key=lambda found: found[0] != ALL)
        if rows["boards"].iloc[0] > 1
    ]
    whole = {standing.boards for standing in found[:1]}  # a run of one task has one scope
    apart = _scope_name(HYBRID)
    kept = [i for i in found[1:] if i.boards not in whole or i.title == apart]
    return [*found[:1], *kept]


def _scope_name(scope: str) -> str:
    names = {ALL: "all tasks", HYBRID: "hybrid networks"}
    return names.get(scope) or task_name(scope)


def _or_none(value: Any) -> Any:
    return None if pd.isna(value) else value
