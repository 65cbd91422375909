"""What does not fit a device is tried in smaller parts."""

import pytest
import torch

from spikebench.errors import BenchError
from spikebench.stages.room import with_room


def device_of(room: int, tried: list[int | None]):
    """Return a run that needs its budget in memory, all of 3 GiB where there is none."""

    def run(budget: int | None) -> str:
        tried.append(budget)
        if (3 << 30 if budget is None else budget) > room:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return "restored"

    return run


@pytest.mark.parametrize(
    ("room", "budgets"),
    [(4 << 30, []), (1 << 30, [1 << 30]), (300 << 20, [1 << 30, 512 << 20, 256 << 20])],
)
def test_the_budget_is_halved_until_there_is_room(room, budgets):
    tried: list[int | None] = []
    assert with_room(device_of(room, tried)) == "restored"
    assert tried == [None, *budgets]


def test_no_room_at_all_is_said_in_a_sentence():
    tried: list[int | None] = []
    with pytest.raises(BenchError, match=r"too little memory for this image.*`device: cpu`"):
        with_room(device_of(1 << 20, tried))
    assert tried[-1] == 16 << 20


def test_another_error_passes():
    def run(budget: int | None) -> str:
        raise RuntimeError("another")

    with pytest.raises(RuntimeError, match="another"):
        with_room(run)
