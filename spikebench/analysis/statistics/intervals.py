"""Bootstrap intervals of means over images."""

import numpy as np

from spikebench.seeds import derive

RESAMPLES = 10_000
TAILS = (2.5, 97.5)  # percentiles: a 95 % interval
AT_ONCE = 256  # rows whose resampled means are held in memory together


def bootstrap_intervals(values: np.ndarray, *axes: str | int) -> np.ndarray:
    """Return the 95 % percentile intervals (rows, 2) of the means of `values` (rows, n) over n.

    All rows share their 10,000 resamples of the n images, which `axes` seed: two rows are
    resampled alike, and the same table gives the same intervals. A row of equal values has no
    spread and is its own interval; infinite values (equal images) give an infinite one.
    """
    intervals = np.repeat(values.mean(axis=1)[:, None], 2, axis=1)
    spread = np.isfinite(values).all(axis=1) & (values != values[:, :1]).any(axis=1)
    varied = np.flatnonzero(spread)
    if not len(varied):
        return intervals
    counts = _resamples(values.shape[1], *axes)  # (RESAMPLES, n)
    for start in range(0, len(varied), AT_ONCE):
        rows = varied[start : start + AT_ONCE]
        means = (counts @ values[rows].T / values.shape[1]).T.copy()  # (rows, RESAMPLES)
        means.sort(axis=1)  # of sorted numbers, side by side, percentiles are found much sooner
        intervals[rows] = np.percentile(means, TAILS, axis=1, overwrite_input=True).T
    return intervals


def bootstrap_interval(values: np.ndarray, *axes: str | int) -> tuple[float, float]:
    """Return the interval of one row of values (n,); see `bootstrap_intervals`."""
    low, high = bootstrap_intervals(values[None, :], *axes)[0]
    return float(low), float(high)


def _resamples(n: int, *axes: str | int) -> np.ndarray:
    """Return how often each of n images is drawn in each resample, (RESAMPLES, n)."""
    random = np.random.default_rng(derive(0, "bootstrap", *axes))
    return random.multinomial(n, np.full(n, 1 / n), size=RESAMPLES).astype(float)
