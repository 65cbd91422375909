"""Which rows the images tell apart, and which are as good as equal; so which ranks they may have.

Equivalence is shown by two one-sided t-tests on paired differences (TOST: Schuirmann, J.
Pharmacokinet. Biopharm. 15(6), 1987), a difference by the paired t-test. Each pair of rows is
tested by itself, without a correction for their number.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t

MARGIN = 0.05  # dB; smaller differences are of no practical matter here
LEVEL = 0.05  # of each test
ROUNDING = 1e-7  # dB; spreads below are those of the sums, whose images do not differ


@dataclass(frozen=True)
class Pairs:
    """What is known of each pair of rows, both (rows, rows).

    `equal`: their difference is shown to lie within the margin. `better`: the first is shown to
    lie above the second, and they are not equal. Where neither row of a pair is better and they
    are not equal, the images do not tell.
    """

    equal: np.ndarray
    better: np.ndarray


def compare(values: np.ndarray, margin: float = MARGIN) -> Pairs:
    """Compare all rows of `values` (rows, n), in dB on the same n images.

    A single image has no spread: its rows are equal where they are the same, else untold.
    """
    n = values.shape[1]
    difference = values.mean(axis=1)[:, None] - values.mean(axis=1)[None, :]
    error = _standard_errors(values) if n > 1 else np.full(difference.shape, np.inf)
    same = np.abs(difference) < ROUNDING
    equal = np.abs(difference) + _reach(1 - LEVEL, n) * error < margin
    equal |= same & (error < ROUNDING if n > 1 else True)
    better = (difference > _reach(1 - LEVEL / 2, n) * error) & ~equal & ~same
    return Pairs(equal, better)


def equivalence(differences: np.ndarray, margin: float = MARGIN) -> np.ndarray:
    """Return the p (rows,) of TOST for paired differences (rows, n) in dB: is their mean so small?

    The larger p of the two one-sided tests. NaN stands for no test, on a single image.
    """
    n = differences.shape[1]
    if n < 2:
        return np.full(len(differences), np.nan)
    error = np.maximum(differences.std(axis=1, ddof=1) / np.sqrt(n), ROUNDING)
    return np.asarray(t.sf((margin - np.abs(differences.mean(axis=1))) / error, n - 1))


def places(pairs: Pairs) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and the last rank (rows,) that each row may have among all.

    Above it are at least the rows that are better, below it those that it is better than.
    """
    first = 1 + pairs.better.sum(axis=0)
    last = len(first) - pairs.better.sum(axis=1)
    return first, last


def _standard_errors(values: np.ndarray) -> np.ndarray:
    """Return the standard error (rows, rows) of the mean difference of each pair of rows."""
    centred = values - values.mean(axis=1, keepdims=True)
    products = centred @ centred.T
    squares = np.diag(products)
    spread = np.maximum(squares[:, None] + squares[None, :] - 2 * products, 0.0)
    n = values.shape[1]
    error = np.sqrt(spread / (n - 1) / n)
    return np.where(error < ROUNDING, 0.0, error)


def _reach(quantile: float, n: int) -> float:
    return float(t.ppf(quantile, n - 1)) if n > 1 else 1.0
