"""Bjøntegaard deltas: the mean distance of two curves of PSNR over the logarithm of energy.

Bjøntegaard, "Calculation of average PSNR differences between RD-curves", ITU-T VCEG-M33, 2001;
piecewise cubic (PCHIP) in place of one cubic, as in the common test conditions of HEVC and VVC
(Bossen, JCTVC-L1100, 2013), whose spreadsheet these functions repeat. Energy stands for bit rate.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from spikebench.analysis.statistics.ranks import pareto

FEWEST = 3  # points of a curve; two would be a straight line


@dataclass(frozen=True)
class Curve:
    """Points of a method, both coordinates rising: log10 of energy (n,) and PSNR in dB (n,)."""

    log_energy: np.ndarray
    psnr: np.ndarray


@dataclass(frozen=True)
class Delta:
    """A mean distance of two curves, the range it was taken over, or why there is none.

    `low` to `high` is the range that both curves cover, in units of the axis: energy for BD-PSNR,
    dB for BD-energy. `share` is this range as a share of what the two cover together, 0 to 1.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    share: float | None = None
    reason: str = ""


def curve(energy: np.ndarray, psnr: np.ndarray) -> Curve:
    """Return the curve of a method's points (n,): those that none of its own points beats.

    An interpolation in both directions needs points that rise in both coordinates; where more
    energy brings no more PSNR, the dearer point is left out. So are points without a finite PSNR
    or a positive energy, which have no place on the axes.
    """
    valid = np.isfinite(psnr) & (energy > 0)
    energy, psnr = energy[valid], psnr[valid]
    front = pareto(energy, psnr)
    points = np.unique(np.stack([energy[front], psnr[front]], axis=1), axis=0)
    return Curve(np.log10(points[:, 0]), points[:, 1])


def bd_psnr(reference: Curve, test: Curve) -> Delta:
    """Return how many dB `test` lies above `reference`, over the energies that both cover."""
    delta = _mean_distance(
        (reference.log_energy, reference.psnr), (test.log_energy, test.psnr), "energy"
    )
    if delta.low is None or delta.high is None:
        return delta
    return Delta(delta.value, 10**delta.low, 10**delta.high, delta.share)


def bd_energy(reference: Curve, test: Curve) -> Delta:
    """Return how much more energy `test` needs than `reference` in %, over the PSNR both cover.

    Negative is a saving.
    """
    delta = _mean_distance(
        (reference.psnr, reference.log_energy), (test.psnr, test.log_energy), "PSNR"
    )
    if delta.value is None:
        return delta
    return Delta(100 * (10**delta.value - 1), delta.low, delta.high, delta.share)


Points = tuple[np.ndarray, np.ndarray]  # x rising, and y


def _mean_distance(reference: Points, test: Points, axis: str) -> Delta:
    """Return the mean of test minus reference over the common range of x."""
    fewest = min(len(reference[0]), len(test[0]))
    if fewest < FEWEST:
        whose = "reference" if len(reference[0]) == fewest else "curve"
        return Delta(reason=f"{whose} has {fewest} of {FEWEST} points")
    low, high = max(reference[0][0], test[0][0]), min(reference[0][-1], test[0][-1])
    if low >= high:
        return Delta(reason=f"no common {axis}")
    areas = [PchipInterpolator(x, y).integrate(low, high) for x, y in (test, reference)]
    union = max(reference[0][-1], test[0][-1]) - min(reference[0][0], test[0][0])
    value = (areas[0] - areas[1]) / (high - low)
    return Delta(float(value), float(low), float(high), float((high - low) / union))
