"""Each row against the ANN, and against the best of its selection, image by image."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from spikebench.analysis.compare.board import Board, Point
from spikebench.analysis.selection import chosen, selections
from spikebench.analysis.statistics import bootstrap_intervals, equivalence, holm, signed_ranks
from spikebench.analysis.statistics.paired import NOISE

ANN = Point("ann", 0, float("inf"), 1.0)  # T = 0: it has no steps
Pair = tuple[Point, Point]  # a row and its rival


def comparisons(board: Board, grid: Sequence[int]) -> list[dict[str, Any]]:
    """Return the rows of comparisons.parquet for a board; `grid` holds the recorded T.

    Holm's correction is over the rows that are compared with one rival under one selection. The
    intervals are those of single comparisons. A board that leaves out all of its images has no
    rows.
    """
    if not board.psnr:
        return []
    families = list(_families(board.points, grid))
    pairs = list(dict.fromkeys(pair for _, family in families for pair in family))
    numbers = dict(zip(pairs, _numbers(board, pairs), strict=True))
    rows = []
    for keys, family in families:
        adjusted = holm(np.array([numbers[pair]["p"] for pair in family], dtype=float))
        for pair, p in zip(family, adjusted, strict=True):
            rows.append(board.keys | keys | _names(pair) | numbers[pair] | {"p_holm": _known(p)})
    return rows


def _families(
    points: Sequence[Point], grid: Sequence[int]
) -> Iterator[tuple[dict[str, str], list[Pair]]]:
    """Yield what is corrected together: the rows of a selection, against the ANN or their best."""
    for selection in selections(grid):
        shown = chosen(selection, points)
        if not shown:
            continue
        best = max(shown, key=lambda point: (point.psnr, -point.energy))
        others = [point for point in shown if point != best]
        yield {"rule": selection.key, "against": "ann"}, [(point, ANN) for point in shown]
        yield {"rule": selection.key, "against": "best"}, [(point, best) for point in others]


def _names(pair: Pair) -> dict[str, Any]:
    point, rival = pair
    names = {"method": point.method, "timesteps": point.timesteps}
    return names | {"rival": rival.method, "rival_timesteps": rival.timesteps}


def _numbers(board: Board, pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """Return the numbers of each pair; an image counts once, whatever the number of seeds."""
    if not pairs:
        return []
    found = [_difference(board, *pair) for pair in pairs]
    per_image = np.stack([values.mean(axis=0) for values in found])  # (pairs, images)
    intervals = bootstrap_intervals(per_image, board.dataset)
    return [
        {
            "images": values.shape[1],
            "seeds": values.shape[0],
            "images_differing": int((np.round(row, NOISE) != 0).sum()),
            "difference_db": float(row.mean()),
            "difference_low": float(low),
            "difference_high": float(high),
            "seed_sd_db": _seed_spread(values),
            "p": _known(p),
            "p_equal": _known(equal),
        }
        for values, row, (low, high), p, equal in zip(
            found,
            per_image,
            intervals,
            signed_ranks(per_image),
            equivalence(per_image),
            strict=True,
        )
    ]


def _difference(board: Board, point: Point, rival: Point) -> np.ndarray:
    """Return PSNR minus the rival's in dB on the same inputs, (seeds, images)."""
    own = (point.method, point.timesteps)
    theirs = board.ann[own] if rival is ANN else board.psnr[rival.method, rival.timesteps]
    return board.psnr[own] - theirs


def _seed_spread(values: np.ndarray) -> float | None:
    """Return the standard deviation over seeds of the set's mean, in dB; None for one seed."""
    per_seed = values.mean(axis=1)
    return float(per_seed.std(ddof=1)) if len(per_seed) > 1 else None


def _known(p: float) -> float | None:
    return None if np.isnan(p) else float(p)
