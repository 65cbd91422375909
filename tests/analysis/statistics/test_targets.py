"""The cheapest measured point within a distance of the ANN."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spikebench.analysis.statistics import smallest_within

ENERGY = np.array([0.1, 0.4, 0.2, 0.9])
GAP = np.array([-3.0, -0.5, -0.7, 0.1])


def test_the_smallest_price_of_a_near_point():
    assert smallest_within(ENERGY, GAP, 1.0) == 0.2
    assert smallest_within(ENERGY, GAP, 0.5) == 0.4  # the bound is inside
    assert smallest_within(ENERGY, GAP, 0.1) == 0.9


def test_none_where_no_point_comes_near():
    assert smallest_within(ENERGY[:3], GAP[:3], 0.1) is None
    assert smallest_within(np.array([]), np.array([]), 1.0) is None


@given(st.lists(st.tuples(st.floats(0.01, 10), st.floats(-5, 1)), min_size=1), st.floats(0, 5))
def test_a_looser_target_is_never_dearer(points, distance):
    energy, gap = np.array(points).T
    strict = smallest_within(energy, gap, distance)
    if strict is not None:
        assert smallest_within(energy, gap, distance + 0.5) <= strict
