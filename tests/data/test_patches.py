import numpy as np
import pytest
import torch

from spikebench.data.pairs import degraded_and_target
from spikebench.data.patches import calibration_patches
from spikebench.errors import BenchError
from spikebench.task import Task

TASKS = {
    "denoise": Task(kind="denoise", channels="grey", protocol="grey_float", sigma=25),
    "super_resolution": Task(kind="super_resolution", channels="y", protocol="y_float", scale=3),
}


@pytest.fixture
def folder(tmp_path, write_pixels):
    random = np.random.default_rng(0)
    for name, shape in {"a": (40, 31), "b": (33, 44)}.items():
        pixels = random.integers(256, size=shape, dtype=np.uint8)
        write_pixels(tmp_path / f"target/{name}.png", pixels)
    return tmp_path


@pytest.mark.parametrize("kind", TASKS)
def test_a_patch_is_the_recorded_window_of_input_and_target(folder, spec, kind):
    task, size = TASKS[kind], 6
    scale = task.scale or 1
    found = calibration_patches(spec(), folder, task, seed=0, count=9, size=size)
    assert found.degraded.shape == (9, 1, size, size)
    assert found.target.shape == (9, 1, size * scale, size * scale)
    images = {
        entry.name: degraded_and_target(spec(), folder, task, entry, 0) for entry in spec().targets
    }
    for degraded, target, record in zip(found.degraded, found.target, found.record, strict=True):
        name, _, place = record.partition("@")
        top, left = map(int, place.split(","))
        low, high = images[name]
        window = low[0, :, top : top + size, left : left + size]
        assert torch.equal(degraded, window)
        rows = slice(top * scale, (top + size) * scale)
        columns = slice(left * scale, (left + size) * scale)
        assert torch.equal(target, high[0, :, rows, columns])


def test_patches_come_from_all_images_and_all_places(folder, spec):
    found = calibration_patches(spec(), folder, TASKS["denoise"], seed=0, count=200, size=30)
    places = [record.partition("@") for record in found.record]
    assert {name for name, _, _ in places} == {"a", "b"}
    in_a = {tuple(map(int, place.split(","))) for name, _, place in places if name == "a"}
    assert in_a == {(top, left) for top in range(11) for left in range(2)}


def test_the_same_seed_gives_the_same_patches_and_another_others(folder, spec):
    def cut(seed):
        return calibration_patches(spec(), folder, TASKS["denoise"], seed=seed, count=4, size=8)

    first, again, other = cut(0), cut(0), cut(1)
    assert torch.equal(first.degraded, again.degraded) and first.record == again.record
    assert first.record != other.record


def test_a_patch_may_be_the_whole_image(folder, spec, write_pixels):
    for name in "ab":
        write_pixels(folder / f"target/{name}.png", np.zeros((8, 8), dtype=np.uint8))
    found = calibration_patches(spec(), folder, TASKS["denoise"], seed=0, count=2, size=8)
    assert {record.partition("@")[2] for record in found.record} == {"0,0"}


def test_a_test_set_is_refused(folder, spec):
    with pytest.raises(BenchError, match=r"'tiny' is a test set: nothing may be calibrated on it"):
        calibration_patches(spec(role="test"), folder, TASKS["denoise"], seed=0, count=1, size=4)


def test_an_image_smaller_than_the_patch_is_refused(folder, spec):
    with pytest.raises(BenchError, match=r"patches of 34\. Lower `calibration\.size`"):
        calibration_patches(spec(), folder, TASKS["denoise"], seed=0, count=8, size=34)
