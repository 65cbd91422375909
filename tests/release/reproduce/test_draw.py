"""The draw is the same for the same seed, and takes from every pair as evenly as it can."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikebench.errors import BenchError
from spikebench.release.reproduce.draw import TableCell, draw

NAMES = st.sampled_from(["a", "b", "c[2]", "d"])
CELLS = st.sets(st.builds(TableCell, NAMES, NAMES, NAMES, st.integers(0, 2)), min_size=1)


@given(CELLS, st.data(), st.integers(0, 1000))
def test_a_draw_is_even_and_the_order_of_cells_does_not_matter(cells, data, seed):
    count = data.draw(st.integers(1, len(cells)))
    drawn = draw(cells, count, seed)
    assert drawn == draw(data.draw(st.permutations(sorted(cells))), count, seed)
    assert len(set(drawn)) == len(drawn) == count and set(drawn) <= cells
    there = Counter((cell.dataset, cell.backbone) for cell in cells)
    taken = Counter((cell.dataset, cell.backbone) for cell in drawn)
    most = max(taken.values())
    assert all(taken[pair] >= min(most - 1, there[pair]) for pair in there)


@given(CELLS, st.integers(0, 1000))
def test_more_cells_go_on_where_fewer_ended(cells, seed):
    whole = draw(cells, len(cells), seed)
    assert all(draw(cells, count, seed) == whole[:count] for count in range(1, len(cells)))


def test_another_seed_is_another_draw():
    """What is drawn for a seed is written in reports, and must never change."""
    cells = [TableCell("set", "net", f"m{number}", 0) for number in range(50)]
    first, second = (draw(cells, 5, seed) for seed in (1, 2))
    assert first != second
    assert [cell.method for cell in first] == ["m22", "m18", "m2", "m32", "m47"]


@pytest.mark.parametrize("count", [0, 3, -1])
def test_cells_that_are_not_there_cannot_be_drawn(count):
    cells = [TableCell("set", "net", "a", 0), TableCell("set", "net", "b", 0)]
    with pytest.raises(BenchError, match=f"{count} cells cannot be drawn from 2"):
        draw(cells, count, 0)


def test_a_cell_of_a_part_of_a_set_is_computed_as_a_cell_of_the_set():
    cell = TableCell("set12[3]", "net", "a", 1)
    assert (cell.of_run.dataset, str(cell)) == ("set12", "set12[3] net a seed 1")
