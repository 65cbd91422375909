"""Bootstrap intervals, against closed forms and scipy."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap, norm

from spikebench.analysis.statistics import bootstrap_interval, bootstrap_intervals


def test_two_values_span_their_own_interval():
    # A resample holds one of the two values twice with probability 1/4 each.
    assert bootstrap_interval(np.array([1.0, 3.0])) == (1.0, 3.0)


def test_many_values_reach_the_normal_interval():
    values = np.random.default_rng(0).normal(30, 2, size=400)
    half = norm.ppf(0.975) * values.std() / 20
    low, high = bootstrap_interval(values)
    assert low == pytest.approx(values.mean() - half, abs=0.05 * half)
    assert high == pytest.approx(values.mean() + half, abs=0.05 * half)


def test_a_skewed_sample_has_the_percentile_interval_of_scipy():
    values = np.random.default_rng(0).exponential(size=12)
    expected = bootstrap((values,), np.mean, method="percentile", rng=0).confidence_interval
    width = expected.high - expected.low
    low, high = bootstrap_interval(values)
    assert low == pytest.approx(expected.low, abs=0.05 * width)
    assert high == pytest.approx(expected.high, abs=0.05 * width)


def test_the_interval_belongs_to_its_axes():
    values = np.random.default_rng(0).normal(size=9)
    first = bootstrap_interval(values, "psnr", "set12")
    assert bootstrap_interval(values, "psnr", "set12") == first
    assert bootstrap_interval(values, "psnr", "bsd68") != first


@given(st.floats(-50, 50), st.integers(1, 8))
@settings(max_examples=10)
def test_equal_values_have_no_spread(value, n):
    low, high = bootstrap_interval(np.full(n, value))
    assert low == high == pytest.approx(value, abs=1e-12)


def test_one_value_is_its_own_interval():
    assert bootstrap_interval(np.array([31.5])) == (31.5, 31.5)


def test_an_infinite_value_gives_an_infinite_interval():
    assert bootstrap_interval(np.array([30.0, math.inf])) == (math.inf, math.inf)


def some_rows(rows: int = 5, n: int = 8) -> np.ndarray:
    return np.random.default_rng(1).normal(30, 2, size=(rows, n))


def test_a_row_has_the_same_interval_alone_and_among_others():
    rows = some_rows(rows=300)  # more than are resampled at once
    alone = [bootstrap_interval(row, "set") for row in rows[[0, 150, 299]]]
    np.testing.assert_allclose(bootstrap_intervals(rows, "set")[[0, 150, 299]], alone, atol=1e-12)


def test_an_infinite_row_leaves_the_others_as_they_are():
    rows = some_rows()
    with_infinite = np.vstack([rows, np.full((1, rows.shape[1]), math.inf)])
    found = bootstrap_intervals(with_infinite, "set")
    np.testing.assert_allclose(found[:-1], bootstrap_intervals(rows, "set"), atol=1e-12)
    assert found[-1].tolist() == [math.inf, math.inf]


@given(st.floats(-40, 40), st.integers(0, 10))
@settings(max_examples=10)
def test_an_interval_moves_with_its_values(shift, seed):
    rows = some_rows()
    moved = bootstrap_intervals(rows + shift, seed)
    np.testing.assert_allclose(moved, bootstrap_intervals(rows, seed) + shift, atol=1e-9)


@given(st.permutations(range(8)))
@settings(max_examples=5)
def test_the_order_of_images_matters_no_more_than_the_draw(order):
    rows = some_rows()
    low, high = bootstrap_intervals(rows, "set").T
    moved = bootstrap_intervals(rows[:, order], "set")
    assert (np.abs(moved[:, 0] - low) < 0.05 * (high - low)).all()
    assert (np.abs(moved[:, 1] - high) < 0.05 * (high - low)).all()


def test_no_rows_have_no_intervals():
    assert bootstrap_intervals(np.empty((0, 5))).shape == (0, 2)
