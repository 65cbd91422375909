"""Ranks and fronts, against scipy and loops."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import rankdata

from spikebench.analysis.statistics import borda, pareto, shared_ranks

POINTS = st.integers(1, 12).flatmap(
    lambda n: st.tuples(*[arrays(float, n, elements=st.sampled_from([0.0, 1.0, 2.0, 3.0]))] * 2)
)


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


BOARDS = st.lists(
    st.dictionaries(st.sampled_from("abcd"), st.sampled_from([28.0, 28.5, 29.0, 31.0])),
    min_size=1,
    max_size=4,
)


@given(BOARDS)
@settings(max_examples=100)
def test_borda_counts_duels(boards):
    expected = dict.fromkeys("abcd", 0.0)
    for board in boards:
        for one in "abcd":
            for other in set("abcd") - {one}:
                mine, theirs = board.get(one, -math.inf), board.get(other, -math.inf)
                expected[one] += 1.0 if mine > theirs else 0.5 if mine == theirs else 0.0
    assert borda(boards, "abcd").tolist() == list(expected.values())


@given(BOARDS, st.floats(-20, 20))
@settings(max_examples=30)
def test_borda_compares_no_values_of_two_boards(boards, shift):
    shifted = [{k: v + round(shift, 2) for k, v in boards[0].items()}, *boards[1:]]
    assert borda(shifted, "abcd").tolist() == borda(boards, "abcd").tolist()


@given(BOARDS)
@settings(max_examples=30)
def test_every_duel_gives_one_point(boards):
    assert borda(boards, "abcd").sum() == len(boards) * 6


def test_borda_takes_equal_decimals_for_equal():
    assert borda([{"a": 30.001, "b": 30.004}], "ab").tolist() == [0.5, 0.5]
    assert borda([{"a": 30.00, "b": 30.04}], "ab", decimals=1).tolist() == [0.5, 0.5]
