"""What does not fit a device is tried in smaller parts."""

import pytest
import torch

from spikebench.errors import BenchError
from spikebench.stages.room import halved, with_room


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


@pytest.mark.parametrize(("most", "sizes"), [(8, [5]), (3, [5, 2, 3]), (1, [5, 2, 1, 1, 3, 1, 2])])
def test_a_batch_is_halved_until_there_is_room(most, sizes):
    tried: list[int] = []

    def run(batch: torch.Tensor) -> list[float]:
        tried.append(len(batch))
        if len(batch) > most:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return batch.flatten().tolist()

    assert halved(run, torch.arange(5.0).view(5, 1, 1, 1)) == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert tried[: len(sizes)] == sizes


def test_an_image_that_does_not_fit_alone_raises():
    def run(batch: torch.Tensor) -> list[float]:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    with pytest.raises(torch.OutOfMemoryError):
        halved(run, torch.zeros(2, 1, 1, 1))
