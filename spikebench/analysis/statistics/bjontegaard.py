"""Bjøntegaard deltas: the mean distance of two curves of PSNR over the logarithm of energy.

Bjøntegaard, "Calculation of average PSNR differences between RD-curves", ITU-T VCEG-M33, 2001;
piecewise cubic (PCHIP) in place of one cubic, as in the common test conditions of HEVC and VVC
(Bossen, JCTVC-L1100, 2013), whose spreadsheet these functions repeat. Energy stands for bit rate.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import PchipInterpolator

from spikebench.analysis.statistics.ranks import pareto

FEWEST = 3  # points of a curve; two would be a straight line


@dataclass(frozen=True)
class _Points:
    """A line through points (n,), x rising; it is interpolated once, however often it is met."""

    x: np.ndarray
    y: np.ndarray

    @cached_property
    def line(self) -> PchipInterpolator:
        return PchipInterpolator(self.x, self.y)


@dataclass(frozen=True)
class Curve:
    """Points of a method, both coordinates rising: log10 of energy (n,) and PSNR in dB (n,)."""

    log_energy: np.ndarray
    psnr: np.ndarray

    @cached_property
    def over_energy(self) -> _Points:
        return _Points(self.log_energy, self.psnr)

    @cached_property
    def over_psnr(self) -> _Points:
        return _Points(self.psnr, self.log_energy)


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
    delta = _mean_distance(reference.over_energy, test.over_energy, "energy")
    if delta.low is None or delta.high is None:
        return delta
    return Delta(delta.value, 10**delta.low, 10**delta.high, delta.share)


def bd_energy(reference: Curve, test: Curve) -> Delta:
    """Return how much more energy `test` needs than `reference` in %, over the PSNR both cover.

    Negative is a saving.
    """
    delta = _mean_distance(reference.over_psnr, test.over_psnr, "PSNR")
    if delta.value is None:
        return delta
    return Delta(100 * (10**delta.value - 1), delta.low, delta.high, delta.share)


def _mean_distance(reference: _Points, test: _Points, axis: str) -> Delta:
    """Return the mean of test minus reference over the common range of x."""
    fewest = min(len(reference.x), len(test.x))
    if fewest < FEWEST:
        whose = "reference" if len(reference.x) == fewest else "curve"
        return Delta(reason=f"{whose} has {fewest} of {FEWEST} points")
    low, high = max(reference.x[0], test.x[0]), min(reference.x[-1], test.x[-1])
    if low >= high:
        return Delta(reason=f"no common {axis}")
    areas = [points.line.integrate(low, high) for points in (test, reference)]
    union = max(reference.x[-1], test.x[-1]) - min(reference.x[0], test.x[0])
    value = (areas[0] - areas[1]) / (high - low)
    return Delta(float(value), float(low), float(high), float((high - low) / union))
