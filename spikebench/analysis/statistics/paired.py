"""Is a difference more than chance? Signed ranks over images, corrected for how often one asks."""

import numpy as np
from scipy.stats import PermutationMethod, wilcoxon

ENOUGH = 6  # images; of fewer, even a difference of one sign has p >= 2 / 2**5 > 5 %
NOISE = 5  # decimals of dB that count: what is smaller is the rounding of fp32 images
EXHAUSTIVE = 13  # up to so many differences all sign patterns are tried where ranks are tied


def signed_ranks(differences: np.ndarray) -> np.ndarray:
    """Return the two-sided p (rows,) of Wilcoxon's signed-rank test on differences (rows, n) in dB.

    Wilcoxon, Biometrics Bulletin 1(6), 1945. Zero differences say nothing about the sign and are
    left out, as there; if all are zero, p is 1. The p is exact up to 50 differences without ties,
    and with ties up to 13; beyond that it is the normal approximation with the tie correction. NaN
    stands for no test, where n is below `ENOUGH`.
    """
    rounded = np.round(differences, NOISE)
    if rounded.shape[1] < ENOUGH:
        return np.full(len(rounded), np.nan)
    p = np.empty(len(rounded))
    sizes = np.sort(np.abs(rounded), axis=1)
    plain = (sizes[:, 0] > 0) & (sizes[:, 1:] > sizes[:, :-1]).all(axis=1)  # no zeros, no ties
    if plain.any():
        p[plain] = wilcoxon(rounded[plain], axis=1).pvalue
    for row in np.flatnonzero(~plain):
        p[row] = _one(rounded[row][rounded[row] != 0])
    return p


def _one(nonzero: np.ndarray) -> float:
    """Return p for differences other than zero (n,), where some may be equal in size."""
    if not len(nonzero):
        return 1.0
    tied = len(np.unique(np.abs(nonzero))) < len(nonzero)
    return float(wilcoxon(nonzero, method=_method(len(nonzero), tied)).pvalue)


def _method(n: int, tied: bool) -> str | PermutationMethod:
    """Return how scipy computes p: it would take the exact table for tied ranks too."""
    if not tied:
        return "auto"
    if n <= EXHAUSTIVE:
        return PermutationMethod(n_resamples=2**n)  # as many as there are: none is drawn
    return "asymptotic"


def holm(p: np.ndarray) -> np.ndarray:
    """Return p-values (m,) adjusted for the m tests that were made; NaN is no test and stays NaN.

    Holm, Scand. J. Statist. 6(2), 1979: the smallest p is multiplied by m, the next by m - 1, and
    none becomes smaller than the one before it, or larger than 1.
    """
    adjusted = np.full(len(p), np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * factors), 1.0)
    return adjusted
