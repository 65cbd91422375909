"""Intervals, ranks and fronts, against closed forms, scipy and loops."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import bootstrap, norm, rankdata

from spikebench.statistics import bootstrap_interval, pareto, shared_ranks

POINTS = st.integers(1, 12).flatmap(
    lambda n: st.tuples(*[arrays(float, n, elements=st.sampled_from([0.0, 1.0, 2.0, 3.0]))] * 2)
)


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


def test_values_equal_in_two_decimals_share_a_rank():
    values = np.array([30.004, 31.0, 30.0, 29.0, 30.006])
    assert shared_ranks(values).tolist() == [3, 1, 3, 5, 2]


@given(arrays(float, st.integers(1, 10), elements=st.sampled_from([28.0, 28.5, 29.0, math.inf])))
@settings(max_examples=50)
def test_ranks_are_competition_ranks(values):
    assert np.array_equal(shared_ranks(values), rankdata(-values, method="min"))


def test_the_number_of_decimals_decides_what_is_equal():
    assert shared_ranks(np.array([30.04, 30.0]), decimals=1).tolist() == [1, 1]
    assert shared_ranks(np.array([30.04, 30.0]), decimals=2).tolist() == [1, 2]


@given(POINTS)
@settings(max_examples=100)
def test_the_front_holds_what_no_other_point_beats(points):
    cost, quality = points
    expected = []
    for i in range(len(cost)):
        beaten = False
        for j in range(len(cost)):
            as_good = cost[j] <= cost[i] and quality[j] >= quality[i]
            better = cost[j] < cost[i] or quality[j] > quality[i]
            beaten = beaten or (as_good and better)
        expected.append(not beaten)
    assert pareto(cost, quality).tolist() == expected


def test_equal_points_stand_on_the_front_together():
    assert pareto(np.array([1.0, 1.0, 2.0]), np.array([30.0, 30.0, 30.0])).tolist() == [
        True,
        True,
        False,
    ]
