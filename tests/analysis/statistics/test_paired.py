"""Signed ranks and Holm's correction, against enumeration and the closure of all tests."""

import math
from itertools import chain, combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, rankdata

from spikebench.analysis.statistics import ENOUGH, holm, signed_ranks


def signed_rank(differences: np.ndarray) -> float:
    return float(signed_ranks(differences[None, :])[0])


WHOLE = st.lists(st.integers(-4, 4), min_size=ENOUGH, max_size=8)


def enumerated(differences: list[float]) -> float:
    """Return the two-sided p as the share of sign patterns at least as far from the middle."""
    nonzero = [value for value in differences if value]
    ranks = rankdata(np.abs(nonzero))
    middle = ranks.sum() / 2
    found = abs(sum(r for r, value in zip(ranks, nonzero, strict=True) if value > 0) - middle)
    sums = [sum(pattern) for pattern in product(*((0, rank) for rank in ranks))]
    return sum(abs(total - middle) >= found - 1e-9 for total in sums) / len(sums)


@given(WHOLE)
@settings(max_examples=15)
def test_p_is_the_share_of_sign_patterns_with_ties_and_zeros(differences):
    assert signed_rank(np.array(differences, float)) == pytest.approx(enumerated(differences))


def test_p_without_ties_is_the_share_of_sign_patterns():
    differences = [0.3, -0.11, 0.52, 0.07, -0.29, 0.44, 0.6]
    assert signed_rank(np.array(differences)) == pytest.approx(enumerated(differences))


def test_many_tied_differences_have_the_normal_p():
    differences = np.array([1.0] * 30 + [-1.0] * 10)  # all ranks are 20.5
    z = (30 - 20) / math.sqrt(40 / 4)
    assert signed_rank(differences) == pytest.approx(2 * norm.sf(z), rel=1e-6)


@given(WHOLE, st.randoms())
@settings(max_examples=6)
def test_p_depends_neither_on_the_order_nor_on_the_direction(differences, random):
    p = signed_rank(np.array(differences, float))
    assert signed_rank(-np.array(differences, float)) == pytest.approx(p)
    random.shuffle(differences)
    assert signed_rank(np.array(differences, float)) == pytest.approx(p)


@given(WHOLE, st.integers(1, 5))
@settings(max_examples=6)
def test_zero_differences_change_nothing(differences, zeros):
    if any(differences):
        padded = np.array(differences + [0] * zeros, float)
        assert signed_rank(padded) == pytest.approx(signed_rank(np.array(differences, float)))


def test_equal_rows_have_p_one():
    assert signed_rank(np.zeros(8)) == 1.0


def test_the_rounding_of_an_image_is_no_difference():
    assert signed_rank(np.full(8, 1e-6)) == 1.0


def test_an_infinite_difference_is_the_largest():
    finite = np.array([0.1, 0.2, -0.3, 0.4, 0.5, 9.0])
    assert signed_rank(np.where(finite == 9.0, np.inf, finite)) == signed_rank(finite)


def test_six_images_of_one_sign_reach_five_percent_and_five_do_not():
    assert signed_rank(np.arange(1.0, 7.0)) == pytest.approx(2 / 2**6)
    assert math.isnan(signed_rank(np.arange(1.0, 6.0)))
    assert 2 / 2**5 > 0.05


P_VALUES = st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=5)


def closure(p: list[float]) -> list[float]:
    """Return adjusted p by closed testing: the worst Bonferroni p of the sets that hold each."""
    subsets = list(chain(*(combinations(range(len(p)), size + 1) for size in range(len(p)))))
    worst = {s: min(1.0, len(s) * min(p[i] for i in s)) for s in subsets}
    return [max(worst[s] for s in subsets if i in s) for i in range(len(p))]


@given(P_VALUES)
@settings(max_examples=60)
def test_holm_is_the_closure_of_bonferroni(p):
    assert holm(np.array(p)).tolist() == pytest.approx(closure(p))


@given(P_VALUES, st.integers(0, 5))
@settings(max_examples=30)
def test_no_test_counts_as_none(p, place):
    missing = np.insert(np.array(p), min(place, len(p)), np.nan)
    adjusted = holm(missing)
    assert np.isnan(adjusted).tolist() == np.isnan(missing).tolist()
    assert adjusted[~np.isnan(adjusted)].tolist() == holm(np.array(p)).tolist()


def test_holm_of_nothing_is_nothing():
    assert holm(np.array([])).tolist() == []


def test_rows_are_tested_one_by_one():
    rows = np.random.default_rng(0).normal(size=(20, 9))
    rows[3, :4], rows[5], rows[7, 1] = 0.0, 0.0, rows[7, 0]
    assert signed_ranks(rows).tolist() == pytest.approx([signed_rank(row) for row in rows])
    assert signed_ranks(rows[:0]).tolist() == []
