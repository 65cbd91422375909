"""Two rows at the same energy, image by image: one as it was measured, the other between its T."""

import numpy as np

from spikebench.analysis.statistics.ranks import pareto


def at_energy(energy: np.ndarray, psnr: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the PSNR (w, n) of a method on each image at energies `wanted` (w,).

    `energy` (m,) and `psnr` (m, n) are its T. Between the two T around an energy, of those whose
    mean no cheaper T reaches, PSNR is linear in the logarithm of energy. At a measured T it is what
    was measured, out of their range NaN.
    """
    points, values = _front(energy, psnr)
    found = np.full((len(wanted), psnr.shape[1]), np.nan)
    if not len(points):
        return found
    at = np.flatnonzero((points[0] <= wanted) & (wanted <= points[-1]))
    above = np.searchsorted(points, wanted[at])
    found[at] = values[above]
    between = points[above] != wanted[at]
    at, above = at[between], above[between]
    low, high = points[above - 1], points[above]
    share = (np.log(wanted[at] / low) / np.log(high / low))[:, None]
    found[at] = (1 - share) * values[above - 1] + share * values[above]
    return found


def span(energy: np.ndarray, psnr: np.ndarray) -> tuple[float, float]:
    """Return the least and the largest energy at which `at_energy` has an answer; NaN for none."""
    points, _ = _front(energy, psnr)
    return (float(points[0]), float(points[-1])) if len(points) else (float("nan"), float("nan"))


def _front(energy: np.ndarray, psnr: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the energies (k,), rising, and the PSNR (k, n) of the T that no other beats."""
    valid = np.isfinite(psnr).all(axis=1) & (energy > 0)
    energy, psnr = energy[valid], psnr[valid]
    if not len(energy):
        return energy, psnr
    front = pareto(energy, psnr.mean(axis=1))
    order = np.argsort(energy[front], kind="stable")
    return energy[front][order], psnr[front][order]
