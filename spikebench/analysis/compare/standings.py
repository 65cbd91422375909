"""Who stands where over several boards, by order alone: the Borda count."""

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from spikebench.analysis.compare.board import Board
from spikebench.analysis.selection import Selection, chosen, selections
from spikebench.analysis.statistics import borda, shared_ranks

ALL = "all"  # the scope of all tasks
HYBRID = "hybrid"  # of all boards of hybrid networks


def standings(boards: Sequence[Board], grid: Sequence[int]) -> list[dict[str, Any]]:
    """Return the rows of standings.parquet, for each task and for all of them.

    Boards of hybrid networks are a scope of their own and in no other one: there a part of the
    network is analogue for every method alike.

    PSNR of two boards is never added or averaged: each board gives points by its own order. Only
    methods that ran on every board of a scope are ranked, and among themselves: what was not run,
    or refused, is neither won nor lost. One that ran but has no T inside the selection, or no PSNR
    because its board leaves out all images, is beaten. The selection that shows every T has no
    standing, since a method would meet itself.
    """
    spiking = [board for board in boards if not board.hybrid]
    tasks = sorted({board.task for board in spiking})
    scopes = {task: [board for board in spiking if board.task == task] for task in tasks}
    scopes |= {ALL: spiking, HYBRID: [board for board in boards if board.hybrid]}
    single = [selection for selection in selections(grid) if selection.one_each]
    return [
        row
        for scope, members in scopes.items()
        if members
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
    ran = Counter(method for board in boards for method in {p.method for p in board.points})
    whole = sorted(method for method, count in ran.items() if count == len(boards))
    points = dict(zip(whole, borda(_among(shown, whole), whole), strict=True))
    ranks = dict(zip(whole, shared_ranks(np.array([points[m] for m in whole])), strict=True))
    possible = len(boards) * (len(whole) - 1)
    rows = [
        {
            "scope": scope,
            "rule": selection.key,
            "method": method,
            "boards": len(boards),
            "boards_run": ran[method],
            "boards_ranked": sum(method in board for board in shown),
            "rank": int(ranks[method]) if method in ranks else None,
            "points": float(points[method]) if method in points else None,
            "share": float(points[method]) / possible if possible and method in points else None,
        }
        for method in sorted(ran)
    ]
    return sorted(rows, key=lambda row: (row["rank"] or math.inf, row["method"]))


def _among(
    boards: Sequence[Mapping[Hashable, float]], methods: Sequence[str]
) -> list[Mapping[Hashable, float]]:
    """Return the boards with these methods alone."""
    return [{name: value for name, value in board.items() if name in methods} for board in boards]
