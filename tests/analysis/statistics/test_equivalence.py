"""Equivalence and difference of rows, against SciPy's tests of one pair after the other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import ttest_1samp

from spikebench.analysis.statistics.equivalence import LEVEL, MARGIN, compare, places

# dB in hundredths, so that no p-value lies at the level by rounding alone
DB = st.integers(2500, 2530).map(lambda hundredths: hundredths / 100)


def told(a: np.ndarray, b: np.ndarray) -> str:
    """Say what SciPy's tests show of a against b: equal, better or worse, else nothing."""
    d = a - b
    if np.ptp(d) < 1e-9:
        mean = d.mean()
        return "equal" if abs(mean) < MARGIN - 1e-9 else "better" if mean > 0 else "worse"
    above = ttest_1samp(d, -MARGIN, alternative="greater").pvalue
    below = ttest_1samp(d, MARGIN, alternative="less").pvalue
    if max(above, below) < LEVEL:
        return "equal"
    if ttest_1samp(d, 0.0).pvalue < LEVEL:
        return "better" if d.mean() > 0 else "worse"
    return ""


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 7).flatmap(lambda n: arrays(float, (4, n), elements=DB)))
def test_pairs_are_as_scipy_tells_them_one_by_one(values):
    pairs = compare(values)
    for i, a in enumerate(values):
        for j, b in enumerate(values):
            if np.ptp(a - b) < 1e-9 and abs(abs((a - b).mean()) - MARGIN) < 1e-6:
                continue  # at the margin itself
            word = told(a, b)
            assert pairs.equal[i, j] == (word == "equal"), (a, b)
            assert pairs.better[i, j] == (word == "better"), (a, b)
            assert pairs.better[j, i] == (word == "worse"), (a, b)


def test_a_sure_but_tiny_difference_is_no_difference():
    base = np.array([30.0, 28.0, 33.0, 27.5, 31.0, 29.0, 30.5])
    tiny = base + np.array([2, 1, 2, 3, 2, 1, 2]) * 1e-4
    assert ttest_1samp(tiny - base, 0.0).pvalue < 0.001
    pairs = compare(np.stack([base, tiny]))
    assert pairs.equal.all() and not pairs.better.any()


def test_few_noisy_images_tell_nothing():
    noisy = np.array([[30.0, 28.0, 33.0], [29.0, 28.5, 32.9]])
    pairs = compare(noisy)
    assert not pairs.better.any()
    assert pairs.equal.tolist() == [[True, False], [False, True]]
    assert compare(noisy, margin=10.0).equal.all()


def test_one_image_tells_rows_that_are_the_same_and_no_others():
    pairs = compare(np.array([[30.0], [30.0], [25.0]]))
    assert pairs.equal.tolist() == [[True, True, False], [True, True, False], [False, False, True]]
    assert not pairs.better.any()
    assert [ranks.tolist() for ranks in places(pairs)] == [[1, 1, 1], [3, 3, 3]]


def test_places_count_the_rows_that_are_better_and_worse():
    wide = np.array([0.0, 5.0, 1.0, 3.0, 2.0, 4.0])
    sure, level = np.array([1, -1, 1, -1, 1, -1]) * 0.01, np.array([1, -1, 2, -2, 1, -1]) * 0.5
    rows = np.stack([wide + 3 + sure, wide + 2, wide + 2 + level, wide + sure])
    first, last = places(compare(rows))
    assert first.tolist() == [1, 2, 2, 4]
    assert last.tolist() == [1, 3, 3, 4]


@pytest.mark.parametrize("seed", range(3))
def test_rows_of_one_distribution_are_seldom_told_apart(seed):
    """The tests keep their level: of 4,000 pairs of equal rows about 5 % differ by chance."""
    values = np.random.default_rng(seed).normal(30, 1, (4000, 2, 8))
    found = sum(compare(pair).better.any() for pair in values)
    assert 0.035 < found / len(values) < 0.065
