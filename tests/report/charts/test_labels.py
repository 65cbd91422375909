"""Names beside lines do not overlap, stay close, and break where they are long."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from spikebench.report.charts.labels import beside, spread, wrapped

LIMIT = 400.0
heights = st.lists(st.floats(0, LIMIT), max_size=6).map(sorted)
sizes = st.lists(st.sampled_from([17.0, 32.0]), min_size=6, max_size=6)


def room(sizes: list[float]) -> list[float]:
    """Return the least distance of each label to the next, between their middles."""
    return [(one + other) / 2 for one, other in pairwise(sizes)]


@given(heights, sizes)
def test_names_are_apart_and_inside(rising, sizes):
    placed = spread(rising, sizes, LIMIT)
    assert len(placed) == len(rising)
    apart = [later - earlier for earlier, later in pairwise(placed)]
    assert all(d >= least - 1e-9 for d, least in zip(apart, room(sizes), strict=False))
    assert all(-1e-9 <= place <= LIMIT for place in placed)


@given(heights, sizes)
def test_names_with_room_stay_where_they_are(rising, sizes):
    apart = [later - earlier for earlier, later in pairwise(rising)]
    if all(d >= least for d, least in zip(apart, room(sizes), strict=False)):
        assert spread(rising, sizes, LIMIT) == rising


def test_names_at_the_bottom_move_up():
    assert spread([395.0, 396.0], [16.0, 16.0], LIMIT) == [384.0, 400.0]


def test_a_long_name_takes_two_lines_around_its_height_and_a_longer_one_is_cut():
    assert wrapped("SpikingIR, balanced, mean of currents", 22) == [
        "SpikingIR, balanced,",
        "mean of currents",
    ]
    assert wrapped("one two three four five six", 9) == ["one two", "three …"]
    first, second = beside(["long name of two lines"], [200.0], font=10, width=80, limit=400)
    assert (first.text, second.text) == ("long name of", "two lines")
    assert (first.height + second.height) / 2 == 200.0 and second.height - first.height == 12


def test_a_name_of_no_letters_is_kept():
    assert wrapped("", 10) == [""]
