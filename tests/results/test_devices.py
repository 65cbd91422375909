"""Rows of several devices are never ranked together unsaid."""

from itertools import product

import pytest

from spikebench.results.devices import is_processor, mixed_devices

INTEL, AMD, GPU = "cpu: Intel Xeon (6-207), AVX512", "cpu: AMD EPYC (25-17), AVX512", "cuda: H200"


def on(board, *devices):
    """Rows of a board that ran on devices, one each."""
    dataset, backbone = board.split()
    return [{"dataset": dataset, "backbone": backbone, "device": device} for device in devices]


@pytest.mark.parametrize("device", ["cpu", INTEL, GPU])
def test_one_device_needs_no_remark(device):
    assert mixed_devices([]) == mixed_devices(on("set5 net", device, device)) == []


def test_several_are_named_once_each():
    (remark,) = mixed_devices(on("set5 net", GPU, "cpu", GPU))
    assert remark.startswith(
        "Rows of several devices are ranked together on set5 with net: cpu; cuda: H200. "
    )


def test_boards_of_one_device_each_are_not_ranked_together():
    assert mixed_devices([*on("set5 net", INTEL), *on("set14 net", AMD)]) == []


def test_boards_of_the_same_devices_share_a_remark():
    boards = [f"{dataset} {net}" for dataset, net in product(("set14", "set5"), ("one", "two"))]
    (remark,) = mixed_devices([row for board in boards for row in on(board, INTEL, AMD)])
    assert "on set14 with one, set14 with two, set5 with one, set5 with two: cpu: AMD" in remark


def test_a_processor_that_is_not_named_is_no_other_one():
    assert mixed_devices(on("set5 net", "cpu", INTEL)) == []
    assert len(mixed_devices(on("set5 net", "cpu", INTEL, AMD))) == 1


def test_processors_are_told_from_gpus():
    assert [is_processor(device) for device in ("cpu", INTEL, GPU)] == [True, True, False]
