"""Bjøntegaard deltas, against the published spreadsheet, closed forms and a sum over slices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import pchip_interpolate

from spikebench.analysis.statistics import Curve, bd_energy, bd_psnr, curve

# Two worked examples of the spreadsheet of the HEVC common test conditions, (bit rate, PSNR), as
# the tests of Netflix/vmaf (python/test/bd_rate_calculator_test.py) quote them, and its BD-rate.
SPREADSHEET = [
    (
        [(108048.8736, 43.6471), (61279.976, 40.3953), (33905.6656, 37.247), (18883.6928, 34.2911)],
        [
            (108061.2784, 43.6768),
            (61299.9936, 40.4232),
            (33928.7472, 37.2761),
            (18910.912, 34.3147),
        ],
        -0.00465215420752807,
    ),
    (
        [(40433.8848, 37.5761), (7622.7456, 35.3756), (2394.488, 33.8977), (1017.6184, 32.0603)],
        [(40370.12, 37.5982), (7587.0024, 35.4025), (2390.0944, 33.9194), (1017.0984, 32.0822)],
        -0.018779823450567612,
    ),
]


def made(points) -> Curve:
    energy, psnr = np.array(points, float).T
    return curve(energy, psnr)


@pytest.mark.parametrize(("anchor", "test", "rate"), SPREADSHEET)
def test_the_spreadsheet_of_the_common_test_conditions_is_repeated(anchor, test, rate):
    assert bd_energy(made(anchor), made(test)).value == pytest.approx(100 * rate, abs=1e-9)


def mean_distance(reference: Curve, test: Curve, axis: str) -> float:
    """Return the mean distance over a million slices of the common range."""
    (x, y), (u, v) = ((c.log_energy, c.psnr) for c in (reference, test))
    if axis == "psnr":
        (x, y), (u, v) = (y, x), (v, u)
    low, high = max(x[0], u[0]), min(x[-1], u[-1])
    middles = low + (high - low) * (np.arange(10**6) + 0.5) / 10**6
    return float(np.mean(pchip_interpolate(u, v, middles) - pchip_interpolate(x, y, middles)))


@pytest.mark.parametrize(("anchor", "test", "_"), SPREADSHEET)
def test_both_deltas_are_mean_distances(anchor, test, _):
    reference, other = made(anchor), made(test)
    expected = mean_distance(reference, other, "energy")
    assert bd_psnr(reference, other).value == pytest.approx(expected, abs=1e-8)
    expected = 100 * (10 ** mean_distance(reference, other, "psnr") - 1)
    assert bd_energy(reference, other).value == pytest.approx(expected, abs=1e-7)


RISING = st.lists(st.floats(0.05, 3), min_size=3, max_size=6).map(np.cumsum)
CURVES = st.tuples(RISING, RISING).map(
    lambda steps: Curve(*(axis[: min(map(len, steps))] for axis in steps))
)


@given(CURVES, st.floats(-2, 2))
@settings(max_examples=40)
def test_a_curve_that_lies_higher_by_some_db_lies_higher_by_them(curve, decibel):
    higher = Curve(curve.log_energy, curve.psnr + decibel)
    assert bd_psnr(curve, higher).value == pytest.approx(decibel, abs=1e-9)


@given(CURVES, st.floats(0.5, 1.5))
@settings(max_examples=40)
def test_a_curve_that_costs_more_by_a_factor_costs_more_by_it(curve, factor):
    dearer = Curve(curve.log_energy + np.log10(factor), curve.psnr)
    assert bd_energy(curve, dearer).value == pytest.approx(100 * (factor - 1), abs=1e-6)


@given(CURVES, CURVES)
@settings(max_examples=40)
def test_swapping_the_curves_turns_the_delta_round(one, other):
    there, back = bd_psnr(one, other), bd_psnr(other, one)
    assert (there.value is None) == (back.value is None)
    if there.value is not None:
        assert there.value == pytest.approx(-back.value, abs=1e-9)
        assert (there.low, there.high, there.share) == (back.low, back.high, back.share)
    there, back = bd_energy(one, other), bd_energy(other, one)
    if there.value is not None:
        assert (1 + there.value / 100) * (1 + back.value / 100) == pytest.approx(1)


@given(CURVES, CURVES, st.floats(-5, 5), st.floats(-30, 30))
@settings(max_examples=40)
def test_units_of_energy_and_the_zero_of_psnr_do_not_matter(one, other, decades, decibel):
    def moved(curve: Curve) -> Curve:
        return Curve(curve.log_energy + decades, curve.psnr + decibel)

    for delta in (bd_psnr, bd_energy):
        before, after = delta(one, other), delta(moved(one), moved(other))
        if before.value is not None and before.share > 1e-6:
            assert after.value == pytest.approx(before.value, rel=1e-6, abs=1e-6)
            assert after.share == pytest.approx(before.share)


def test_the_overlap_is_stated():
    one = made([(1, 20), (10, 30), (100, 40)])
    other = made([(10, 25), (100, 30), (10_000, 35)])
    quality, energy = bd_psnr(one, other), bd_energy(one, other)
    assert (quality.low, quality.high) == pytest.approx((10, 100))
    assert quality.share == pytest.approx(1 / 4)  # of four decades
    assert (energy.low, energy.high) == (25, 35)
    assert energy.share == pytest.approx(10 / 20)


def test_curves_without_a_common_range_have_no_delta():
    low = made([(1, 20), (2, 21), (3, 22)])
    good = made([(1, 30), (2, 31), (3, 32)])
    dear = made([(10, 20), (20, 21), (30, 22)])
    assert bd_energy(low, good).value is None
    assert bd_energy(low, good).reason == "no common PSNR"
    assert bd_psnr(low, good).value == pytest.approx(10)
    assert bd_psnr(low, dear).reason == "no common energy"
    touching = made([(3, 22), (4, 23), (5, 24)])
    assert bd_energy(low, touching).value is None  # a point is no range


def test_two_points_are_no_curve():
    short, long = made([(1, 20), (2, 21)]), made([(1, 20), (2, 21), (3, 22)])
    assert bd_psnr(long, short).reason == "curve has 2 of 3 points"
    assert bd_energy(short, long).reason == "reference has 2 of 3 points"


def test_a_curve_holds_its_own_front():
    energy = np.array([3.0, 1.0, 2.0, 4.0, 1.0, 0.0, 5.0])
    psnr = np.array([30.0, 20.0, 31.0, 33.0, 20.0, 50.0, np.inf])
    found = curve(energy, psnr)
    assert (10**found.log_energy).tolist() == pytest.approx([1, 2, 4])
    assert found.psnr.tolist() == [20, 31, 33]


@given(
    st.lists(st.tuples(st.sampled_from([1.0, 2.0, 3.0, 5.0]), st.sampled_from([20.0, 25.0, 31.0])))
)
@settings(max_examples=60)
def test_a_curve_rises_in_both_coordinates(points):
    found = made(points) if points else curve(np.array([]), np.array([]))
    assert (np.diff(found.log_energy) > 0).all()
    assert (np.diff(found.psnr) > 0).all()
