"""Two rows at the same energy, image by image: one as it was measured, the other between its T."""

import numpy as np

from spikebench.analysis.statistics.ranks import pareto


def at_energy(energy: np.ndarray, psnr: np.ndarray, wanted: float) -> np.ndarray | None:
    """Return the PSNR (n,) of a method on each image at an energy `wanted`; None out of its range.

    `energy` (m,) and `psnr` (m, n) are its T. Between the two T around `wanted`, of those whose
    mean no cheaper T reaches, PSNR is linear in the logarithm of energy. At a measured T it is what
    was measured.
    """
    valid = np.isfinite(psnr).all(axis=1) & (energy > 0)
    energy, psnr = energy[valid], psnr[valid]
    front = pareto(energy, psnr.mean(axis=1)) if len(psnr) else np.zeros(0, dtype=bool)
    order = np.argsort(energy[front], kind="stable")
    points, values = energy[front][order], psnr[front][order]
    if not len(points) or not points[0] <= wanted <= points[-1]:
        return None
    above = int(np.searchsorted(points, wanted))
    if points[above] == wanted:
        return np.asarray(values[above])
    low, high = points[above - 1], points[above]
    share = np.log(wanted / low) / np.log(high / low)
    return np.asarray((1 - share) * values[above - 1] + share * values[above])


def span(energy: np.ndarray, psnr: np.ndarray) -> tuple[float, float]:
    """Return the least and the largest energy at which `at_energy` has an answer; NaN for none."""
    valid = np.isfinite(psnr).all(axis=1) & (energy > 0)
    if not valid.any():
        return float("nan"), float("nan")
    kept = energy[valid][pareto(energy[valid], psnr[valid].mean(axis=1))]
    return float(kept.min()), float(kept.max())
