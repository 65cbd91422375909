"""How rows are shared among threads."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikebench.snn.kernels.library import parallel


@pytest.fixture(autouse=True, scope="module", params=[1, 2, 3])
def threads(request):
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield
    torch.set_num_threads(before)


@given(count=st.integers(0, 200), smallest=st.integers(1, 50))
def test_each_row_has_its_turn_once_and_no_part_is_too_small(count, smallest):
    parts = []
    parallel(lambda begin, end: parts.append((begin, end)), count, smallest)
    assert sorted(row for begin, end in parts for row in range(begin, end)) == list(range(count))
    assert len(parts) == 1 or all(end - begin >= smallest for begin, end in parts)


def test_what_a_part_raises_is_raised_when_all_are_done():
    def work(begin: int, end: int) -> None:
        raise RuntimeError(f"rows {begin} to {end}")

    with pytest.raises(RuntimeError, match="rows"):
        parallel(work, 100, 1)
