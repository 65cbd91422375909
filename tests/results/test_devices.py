"""Rows of several devices are never ranked together unsaid."""

from spikebench.results.devices import mixed_devices


def test_one_device_needs_no_remark():
    assert mixed_devices([]) == mixed_devices(["cpu", "cpu"]) == []


def test_several_are_named_once_each():
    (remark,) = mixed_devices(["cuda: NVIDIA H200", "cpu", "cuda: NVIDIA H200"])
    assert remark.startswith("Rows of several devices are ranked together: cpu; cuda: NVIDIA H200.")
