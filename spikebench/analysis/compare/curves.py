"""Each method along its T: its curve against a reference row's, and the price of nearness."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from spikebench.analysis.compare.board import REFERENCE, Board
from spikebench.analysis.prices import models
from spikebench.analysis.statistics import Curve, Delta, bd_energy, bd_psnr, curve, smallest_within
from spikebench.errors import BenchError
from spikebench.results.columns.comparisons import TARGET_COLUMNS

LEAST_SHARE = 0.5  # of what two curves cover together; over less they have no mean distance


def reference_row(leaderboard: pd.DataFrame, order: Sequence[str], named: str | None) -> str:
    """Return the row that curves are compared with: the one named, or the first training-free one.

    `order` holds the labels of the rows as the configuration lists them. The first one also stands
    in for a row that is named but has no numbers, since it failed or refused; without a
    training-free row it is the first that competes, "" if none does. Raises `BenchError` where the
    row named has numbers and does not compete.
    """
    families = leaderboard.drop_duplicates("method").set_index("method")["family"]
    competing = [label for label in order if families.get(label, REFERENCE) != REFERENCE]
    if named not in families:
        free = [label for label in competing if families[label] == "training-free"]
        return next(iter([*free, *competing]), "")
    if named not in competing:
        raise BenchError(
            f"`reference_row` is {named!r}, which has no curve in this run. Expected: the label of "
            f"a row that spikes; these have one: {', '.join(competing) or 'none'}."
        )
    return named


def curves(board: Board, reference: str) -> list[dict[str, Any]]:
    """Return the rows of curves.parquet for a board, for each method under each energy model."""
    found = []
    for model in models(board.prices):
        priced = dict(list(board.priced(model).groupby("method", sort=True)))
        theirs = priced.get(reference)
        rows = [_row(rows, theirs, reference) for rows in priced.values()]
        found += [board.keys | {"energy_model": model} | row for row in rows]
    return found


def _row(rows: pd.DataFrame, theirs: pd.DataFrame | None, reference: str) -> dict[str, Any]:
    method, own = rows["method"].iloc[0], _curve(rows)

    def delta(measure: Callable[[Curve, Curve], Delta]) -> Delta:
        if method == reference:
            return Delta(reason="the reference")
        if theirs is None:
            return Delta(reason="no reference here")
        return of_enough(measure(_curve(theirs), own))

    return {
        "method": method,
        "reference": reference,
        "points": len(own.psnr),
        **_columns("bd_psnr", "db", delta(bd_psnr)),
        **_columns("bd_energy", "percent", delta(bd_energy)),
        **_targets(rows),
    }


def of_enough(delta: Delta) -> Delta:
    """Return a delta, or why there is none: over too little of both curves it would mislead."""
    if delta.share is None or delta.share >= LEAST_SHARE:
        return delta
    return replace(delta, value=None, reason=f"only {100 * delta.share:.0f} % in common")


def _curve(rows: pd.DataFrame) -> Curve:
    return curve(rows["ratio"].to_numpy(), rows["psnr"].to_numpy())


def _columns(name: str, unit: str, delta: Delta) -> dict[str, Any]:
    return {
        f"{name}_{unit}": delta.value,
        f"{name}_from": delta.low,
        f"{name}_to": delta.high,
        f"{name}_share": delta.share,
        f"{name}_reason": delta.reason,
    }


def _targets(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the smallest energy and the smallest T within each target; they may differ in T."""
    gap, found = rows["gap_db"].to_numpy(), {}
    for target, (ratio, steps) in TARGET_COLUMNS.items():
        found[ratio] = smallest_within(rows["ratio"].to_numpy(), gap, target)
        least = smallest_within(rows["timesteps"].to_numpy(), gap, target)
        found[steps] = None if least is None else int(least)
    return found
