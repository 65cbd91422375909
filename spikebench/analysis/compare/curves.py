"""Each method along its T: its curve against a reference row's, and the price of nearness."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from spikebench.analysis.compare.board import REFERENCE, Board, models
from spikebench.analysis.compare.tables import TARGET_COLUMNS
from spikebench.analysis.statistics import Curve, Delta, bd_energy, bd_psnr, curve, smallest_within
from spikebench.errors import BenchError


def reference_row(leaderboard: pd.DataFrame, order: Sequence[str], named: str | None) -> str:
    """Return the row that curves are compared with: the one named, or the first training-free one.

    `order` holds the labels of the rows as the configuration lists them. Without a training-free
    row it is the first one that competes. Raises `BenchError` where the row named does not.
    """
    families = leaderboard.drop_duplicates("method").set_index("method")["family"]
    competing = [label for label in order if families.get(label, REFERENCE) != REFERENCE]
    if named is None:
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
    return [
        _row(board, rows, model, reference)
        for model in models(board.rows)
        for _, rows in board.rows.groupby("method", sort=True)
    ]


def _row(board: Board, rows: pd.DataFrame, model: str, reference: str) -> dict[str, Any]:
    method, own = rows["method"].iloc[0], _curve(rows, model)
    theirs = board.rows[board.rows["method"] == reference]

    def delta(measure: Callable[[Curve, Curve], Delta]) -> Delta:
        if method == reference:
            return Delta(reason="the reference")
        if theirs.empty:
            return Delta(reason="no reference here")
        return measure(_curve(theirs, model), own)

    return {
        **board.keys,
        "method": method,
        "energy_model": model,
        "reference": reference,
        "points": len(own.psnr),
        **_columns("bd_psnr", "db", delta(bd_psnr)),
        **_columns("bd_energy", "percent", delta(bd_energy)),
        **_targets(rows, model),
    }


def _curve(rows: pd.DataFrame, model: str) -> Curve:
    return curve(rows[f"ratio_{model}"].to_numpy(), rows["psnr"].to_numpy())


def _columns(name: str, unit: str, delta: Delta) -> dict[str, Any]:
    return {
        f"{name}_{unit}": delta.value,
        f"{name}_from": delta.low,
        f"{name}_to": delta.high,
        f"{name}_share": delta.share,
        f"{name}_reason": delta.reason,
    }


def _targets(rows: pd.DataFrame, model: str) -> dict[str, Any]:
    """Return the smallest energy and the smallest T within each target; they may differ in T."""
    gap, found = rows["gap_db"].to_numpy(), {}
    for target, (ratio, steps) in TARGET_COLUMNS.items():
        found[ratio] = smallest_within(rows[f"ratio_{model}"].to_numpy(), gap, target)
        least = smallest_within(rows["timesteps"].to_numpy(), gap, target)
        found[steps] = None if least is None else int(least)
    return found
