"""Names beside lines do not overlap and stay close."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from spikebench.report.labels import spread

LIMIT, GAP = 400.0, 16.0
heights = st.lists(st.floats(0, LIMIT), max_size=6).map(sorted)


@given(heights)
def test_names_are_apart_and_inside(rising):
    placed = spread(rising, GAP, LIMIT)
    assert len(placed) == len(rising)
    assert all(later - earlier >= GAP - 1e-9 for earlier, later in pairwise(placed))
    assert all(-1e-9 <= place <= LIMIT for place in placed)


@given(heights)
def test_names_with_room_stay_where_they_are(rising):
    if all(later - earlier >= GAP for earlier, later in pairwise(rising)):
        assert spread(rising, GAP, LIMIT) == rising


def test_names_at_the_bottom_move_up():
    assert spread([395.0, 396.0], GAP, LIMIT) == [384.0, 400.0]
