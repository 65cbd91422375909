"""compare.html: two rows of a board, image by image, at equal energy, along T, and in a crop.

Every number is made here, for each pair of methods; the script looks up and draws.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikebench.analysis.compare.curves import of_enough
from spikebench.analysis.selection import DEFAULT
from spikebench.analysis.statistics import (
    at_energy,
    bd_psnr,
    bootstrap_intervals,
    compare,
    curve,
    span,
)
from spikebench.report import links
from spikebench.report.boards.board import Board
from spikebench.report.boards.row import Row
from spikebench.report.document import asset, document
from spikebench.report.pages.images import ERROR_SCALE, crops_of
from spikebench.report.results import Results
from spikebench.report.text import db, number


def compare_page(results: Results, boards: list[Board]) -> str:
    """Return the page; the pairs of a board and its crops lie in it as JSON."""
    shown = [found for board in boards if len((found := versus(board, results))["methods"]) > 1]
    return document(
        "compare.html.j2",
        links.COMPARE,
        styles=["images.css", "compare.css"],
        scripts=[asset("errors.js"), asset("compare.js")] if shown else [],
        run=results.run,
        boards=shown,
        model=next(iter(results.titles.values())),
        scale=ERROR_SCALE,
    )


@dataclass(frozen=True)
class _Method:
    """A method's T, those with a price and a finite PSNR; `row` is the T that stands for it."""

    row: Row
    energy: np.ndarray
    psnr: np.ndarray  # (T, images)


def versus(board: Board, results: Results) -> dict[str, Any]:
    """Return a board's methods, what is known of each pair of them, and crops of one image."""
    methods = _methods(board)
    image, shared, crops = crops_of(board, results)
    return {
        "key": board.key,
        "title": f"{board.title}, {board.task_name}",
        "table": links.board_view(board.dataset, board.backbone),
        "images": sorted(set(_images(board, results))),
        "methods": [_described(each.row, crops) for each in methods],
        "crop": {"image": image, **shared},
        "difference": _differences(methods, board),
        "equal": _at_equal_energy(methods, board),
        "bd": [[_delta(one, other) for other in methods] for one in methods],
    }


def _methods(board: Board) -> list[_Method]:
    """Return the competitors: those that the default selection shows first, best first."""
    chosen: dict[str, Row] = {}
    for row in (*board.shown(DEFAULT), *board.competitors):
        if row.measured and row.price.known:
            chosen.setdefault(row.method, row)
    steps: dict[str, list[Row]] = {method: [] for method in chosen}
    for row in board.competitors:
        if row.method in steps and row.measured and row.price.known:
            steps[row.method].append(row)
    return [
        _Method(
            row,
            np.array([each.energy for each in steps[method]]),
            np.stack([each.per_image for each in steps[method]]),
        )
        for method, row in chosen.items()
    ]


def _images(board: Board, results: Results) -> list[str]:
    images = results.images
    mine = images[(images["dataset"] == board.dataset) & (images["backbone"] == board.backbone)]
    return [name for name in mine["image"].unique() if name not in board.left_out]


def _described(row: Row, crops: dict[tuple[str, int], str]) -> dict[str, Any]:
    return {
        "method": row.method,
        "name": row.name,
        "page": links.method_page(row.method),
        "T": row.timesteps,
        "psnr": f"{db(row.psnr)} dB",
        "gap": f"{db(row.gap_db, sign=True)} dB",
        "energy": number(row.energy, 3),
        "values": [round(float(value), 3) for value in row.per_image],
        "crop": crops.get((row.method, row.timesteps), ""),
    }


def _differences(methods: Sequence[_Method], board: Board) -> list[list[str]]:
    """Return of each pair in words how far the first lies above the second on the same images."""
    if not methods:
        return []
    values = np.stack([each.row.per_image for each in methods])
    pairs = compare(values)
    bounds = [_intervals(row[None, :] - values, board) for row in values]
    words = [
        ("shown to be equal", pairs.equal),
        ("told apart", pairs.better | pairs.better.T),
        ("not told apart", np.ones_like(pairs.equal)),
    ]
    return [
        [
            f"{_interval(*bounds[i][j])}, {next(word for word, holds in words if holds[i, j])}"
            for j in range(len(methods))
        ]
        for i in range(len(methods))
    ]


def _at_equal_energy(methods: Sequence[_Method], board: Board) -> list[list[str]]:
    """Return the same where the second is taken at the energy of the first, or why it is not."""
    found = []
    for one in methods:
        wanted = one.row.energy
        theirs = [at_energy(other.energy, other.psnr, wanted) for other in methods]
        known = [place for place, values in enumerate(theirs) if values is not None]
        gaps = np.array([one.row.per_image - theirs[place] for place in known])
        bounds = dict(zip(known, _intervals(gaps, board), strict=True)) if known else {}
        found.append(
            [
                _interval(*bounds[place]) if place in bounds else _outside(wanted, other)
                for place, other in enumerate(methods)
            ]
        )
    return found


def _outside(wanted: float, other: _Method) -> str:
    low, high = span(other.energy, other.psnr)
    return (
        f"none: {number(wanted, 3)} lies outside the energies of {other.row.name}, "
        f"{number(low, 3)} to {number(high, 3)}"
    )


def _intervals(gaps: np.ndarray, board: Board) -> list[tuple[float, float, float]]:
    """Return mean and both ends of the 95 % interval of each row of gaps (rows, n)."""
    ends = bootstrap_intervals(gaps, board.dataset)
    return [
        (float(mean), float(low), float(high))
        for mean, (low, high) in zip(gaps.mean(axis=1), ends, strict=True)
    ]


def _interval(mean: float, low: float, high: float) -> str:
    return f"{db(mean, sign=True)} dB [{db(low, sign=True)}, {db(high, sign=True)}]"


def _delta(one: _Method, other: _Method) -> str:
    """Return BD-PSNR of the first over the second in words, with its range, or why none."""
    curves = [curve(each.energy, each.psnr.mean(axis=1)) for each in (other, one)]
    found = of_enough(bd_psnr(*curves))
    if found.value is None or found.low is None or found.high is None or found.share is None:
        return f"none: {found.reason}"
    percent = math.floor(100 * found.share)
    return (
        f"{db(found.value, sign=True)} dB over {number(found.low, 3)} to {number(found.high, 3)} "
        f"of the ANN's energy, {percent} % of what both cover"
    )
