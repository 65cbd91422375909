"""Intervals and ranks."""

import numpy as np

from spikebench.seeds import derive

RESAMPLES = 10_000


def bootstrap_interval(values: np.ndarray, *axes: str | int) -> tuple[float, float]:
    """Return the 95 % percentile interval of the mean of `values` (n,), resampled over images.

    Seeded by `axes`, so that the same table gives the same interval. One value has no spread and
    is its own interval; infinite values (equal images) give an infinite interval.
    """
    if not np.isfinite(values).all() or len(values) < 2:
        return float(np.mean(values)), float(np.mean(values))
    random = np.random.default_rng(derive(0, "bootstrap", *axes))
    drawn = random.integers(len(values), size=(RESAMPLES, len(values)))
    low, high = np.percentile(values[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def shared_ranks(values: np.ndarray, decimals: int = 2) -> np.ndarray:
    """Return ranks 1, 2, .. of values, largest first; values equal to `decimals` share a rank."""
    rounded = np.round(values, decimals)
    return 1 + (rounded[None, :] > rounded[:, None]).sum(axis=1)


def pareto(cost: np.ndarray, quality: np.ndarray) -> np.ndarray:
    """Tell which points no other beats: none is as cheap and better, or cheaper and as good."""
    cheaper = (cost[None, :] <= cost[:, None]) & (quality[None, :] >= quality[:, None])
    strictly = (cost[None, :] < cost[:, None]) | (quality[None, :] > quality[:, None])
    return ~(cheaper & strictly).any(axis=1)
