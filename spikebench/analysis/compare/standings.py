"""Who stands where over several boards, by order alone: the Borda count."""

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from spikebench.analysis.compare.board import Board
from spikebench.analysis.selection import Selection, chosen, selections
from spikebench.analysis.statistics import borda, shared_ranks

ALL = "all"  # the scope of all tasks


def standings(boards: Sequence[Board], grid: Sequence[int]) -> list[dict[str, Any]]:
    """Return the rows of standings.parquet, for each task and for all of them.

    PSNR of two boards is never added or averaged: each board gives points by its own order. A row
    without a PSNR, where its board leaves out all images, counts as one that is not there. The
    selection that shows every T has no standing, since a method would meet itself.
    """
    tasks = sorted({board.task for board in boards})
    scopes = {task: [board for board in boards if board.task == task] for task in tasks}
    single = [selection for selection in selections(grid) if selection.one_each]
    return [
        row
        for scope, members in {**scopes, ALL: list(boards)}.items()
        for selection in single
        for row in _standing(scope, members, selection)
    ]


def _standing(scope: str, boards: Sequence[Board], selection: Selection) -> list[dict[str, Any]]:
    """Return the rows of one scope and selection, best first."""
    shown: list[Mapping[Hashable, float]] = [
        {
            point.method: point.psnr
            for point in chosen(selection, board.points)
            if not math.isnan(point.psnr)
        }
        for board in boards
    ]
    methods = sorted({point.method for board in boards for point in board.points})
    points = borda(shown, methods)
    possible = len(boards) * (len(methods) - 1)
    rows = [
        {
            "scope": scope,
            "rule": selection.key,
            "method": method,
            "boards": len(boards),
            "boards_ranked": sum(method in board for board in shown),
            "rank": int(rank),
            "points": float(found),
            "share": float(found) / possible if possible else None,
        }
        for method, found, rank in zip(methods, points, shared_ranks(points), strict=True)
    ]
    return sorted(rows, key=lambda row: (row["rank"], row["method"]))
