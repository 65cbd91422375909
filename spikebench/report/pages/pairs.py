"""What is known of each pair of rows, in the whole numbers that compare.html shows.

dB are in hundredths, energies in thousandths of the ANN's: the decimals that are read. What is the
same for a pair both ways, but for its sign, is kept once, of a row and each one before it.
"""

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from spikebench.analysis.compare.curves import of_enough
from spikebench.analysis.statistics import (
    Curve,
    at_energy,
    bd_psnr,
    bootstrap_intervals,
    compare,
)
from spikebench.report.boards.row import Row
from spikebench.report.pages.contenders import Contender

EQUAL, APART, UNTOLD = range(3)  # what the tests say of a pair; assets/compare.js has the words
Interval = list[int]  # mean, low, high
Key = tuple[str, int]  # method and T of a row


class Differences:
    """How far rows of a board lie above each other on the same images.

    A pair of rows that several energy models let stand is computed once. `seed` is that of the
    intervals.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._known: dict[tuple[Key, Key], Interval] = {}

    def among(self, rows: Sequence[Row]) -> list[list[list[int]]]:
        """Return of a row and each one up to itself: mean, low, high, and what the tests say."""
        if not rows:
            return []
        self._learn(rows)
        told = _told(np.stack([row.per_image for row in rows]))
        return [
            [[*self._interval(one, other), told[at][of]] for of, other in enumerate(rows[: at + 1])]
            for at, one in enumerate(rows)
        ]

    def _learn(self, rows: Sequence[Row]) -> None:
        """Compute what is not known of the pairs of rows, in the order of their keys."""
        pairs = combinations(sorted(rows, key=_key), 2)
        new = [pair for pair in pairs if (_key(pair[0]), _key(pair[1])) not in self._known]
        if new:
            gaps = np.stack([one.per_image - other.per_image for one, other in new])
            found = _intervals(gaps, self._seed).tolist()
            self._known |= {
                (_key(one), _key(other)): interval
                for (one, other), interval in zip(new, found, strict=True)
            }

    def _interval(self, one: Row, other: Row) -> Interval:
        keys = _key(one), _key(other)
        if keys[0] > keys[1]:
            mean, low, high = self._known[keys[1], keys[0]]
            return [-mean, -high, -low]
        return self._known[keys] if keys[0] < keys[1] else [0, 0, 0]


def _key(row: Row) -> Key:
    return row.method, row.timesteps


def _told(values: np.ndarray) -> list[list[int]]:
    """Return what the tests say of each pair of rows of `values` (rows, n), in dB."""
    pairs = compare(values)
    apart = np.where(pairs.better | pairs.better.T, APART, UNTOLD)
    told: list[list[int]] = np.where(pairs.equal, EQUAL, apart).tolist()
    return told


def at_equal_energy(found: Sequence[Contender], seed: str) -> list[list[Interval | None]]:
    """Return how far the first lies above the second at the energy of the first, of each pair.

    None where that energy lies outside those of the second.
    """
    table: list[list[Interval | None]] = [[None] * len(found) for _ in found]
    if not found:
        return table
    wanted = np.array([each.row.energy for each in found])
    own = np.stack([each.row.per_image for each in found])
    theirs = np.stack([at_energy(each.energy, each.psnr, wanted) for each in found], axis=1)
    gaps = own[:, None] - theirs  # (first, second, images)
    first, second = np.nonzero(np.isfinite(gaps).all(axis=2))
    found_at = _intervals(gaps[first, second], seed).tolist()
    for one, other, interval in zip(first, second, found_at, strict=True):
        table[one][other] = interval
    return table


def deltas(found: Sequence[Contender]) -> list[list[list[int] | list[str]]]:
    """Return BD-PSNR of each one over each one before it: mean, low, high, and % in common.

    Where there is none, why: of the one over the other, and of the other over the one.
    """
    curves = [each.curve for each in found]
    return [[_delta(one, other) for other in curves[:place]] for place, one in enumerate(curves)]


def _delta(one: Curve, other: Curve) -> list[int] | list[str]:
    delta = of_enough(bd_psnr(other, one))
    if delta.value is None or delta.low is None or delta.high is None or delta.share is None:
        return [delta.reason, of_enough(bd_psnr(one, other)).reason]
    ends = (round(1000 * end) for end in (delta.low, delta.high))
    return [round(100 * delta.value), *ends, math.floor(100 * delta.share)]


def _intervals(gaps: np.ndarray, seed: str) -> np.ndarray:
    """Return mean and both ends of the 95 % interval of each row of gaps (rows, n): (rows, 3)."""
    bounds = np.column_stack([gaps.mean(axis=1), bootstrap_intervals(gaps, seed)])
    return np.rint(100 * bounds).astype(int)
