"""What a network receives and what it is compared with."""

import numpy as np
import pytest
import torch

from spikebench.data.degrade import enlarge
from spikebench.data.resize import imresize
from spikebench.data.samples import degraded_and_target, samples
from spikebench.errors import BenchError
from spikebench.task import Task
from tests.data.conftest import file_entry

DENOISE = Task(kind="denoise", channels="grey", protocol="grey_float", sigma=25)
DOUBLE = Task(kind="super_resolution", channels="y", protocol="y_float", scale=2)


@pytest.fixture
def pixels(tmp_path, write_pixels) -> dict[str, np.ndarray]:
    """The clean images, of odd and of even sides."""
    random = np.random.default_rng(0)
    shapes = {"a": (13, 17), "b": (12, 14)}
    return {
        name: write_pixels(
            tmp_path / f"target/{name}.png", random.integers(256, size=shape, dtype=np.uint8)
        )
        for name, shape in shapes.items()
    }


def as_image(pixels: np.ndarray) -> torch.Tensor:
    return torch.from_numpy((pixels / 255).astype(np.float32))[None, None]


def test_a_denoiser_receives_the_whole_image_with_noise(tmp_path, spec, pixels):
    for sample in samples(spec(), tmp_path, DENOISE, seed=0):
        clean = as_image(pixels[sample.name])
        assert torch.equal(sample.target, clean)
        assert 15 < (sample.degraded - clean).std() * 255 < 35
        assert torch.equal(sample.floor, sample.degraded)


def test_the_noise_of_an_image_does_not_depend_on_the_other_images(tmp_path, spec, pixels):
    both = {s.name: s.degraded for s in samples(spec(), tmp_path, DENOISE, seed=0)}
    alone = next(samples(spec(), tmp_path, DENOISE, seed=0, images=["b"]))
    assert torch.equal(alone.degraded, both["b"])


def test_the_noise_differs_between_seeds_images_and_sets(tmp_path, spec, pixels, write_pixels):
    write_pixels(tmp_path / "target/b.png", pixels["a"])
    drawn = [
        sample.degraded
        for name, seed in [("tiny", 0), ("tiny", 1), ("other", 0)]
        for sample in samples(spec(name=name), tmp_path, DENOISE, seed=seed)
    ]
    assert len({tuple(image.flatten().tolist()) for image in drawn}) == 6


def test_a_super_resolver_receives_the_shrunk_image(tmp_path, spec, pixels):
    for sample in samples(spec(), tmp_path, DOUBLE, seed=0):
        clean = pixels[sample.name]
        high = clean[: clean.shape[0] // 2 * 2, : clean.shape[1] // 2 * 2]
        assert torch.equal(sample.target, as_image(high))
        assert torch.equal(sample.degraded, as_image(imresize(high, 1 / 2, "published")))
        assert sample.floor.shape == sample.target.shape
        assert torch.equal(sample.floor, enlarge(sample.degraded, 2))


def test_published_files_of_the_factor_are_preferred(tmp_path, spec, write_pixels):
    random = np.random.default_rng(0)
    shapes = {("target", 2): (9, 10), ("degraded", 2): (4, 5)}
    shapes |= {("target", 3): (12, 6), ("degraded", 3): (4, 2)}
    found = {}
    for (role, scale), shape in shapes.items():
        pixels = random.integers(256, size=shape, dtype=np.uint8)
        found[role, scale] = write_pixels(tmp_path / f"{role}_x{scale}/a.png", pixels)
    files = [file_entry("a", role=role, scale=scale) for role, scale in shapes]
    (sample,) = samples(spec(files=files), tmp_path, DOUBLE, seed=0)
    assert torch.equal(sample.degraded, as_image(found["degraded", 2]))
    assert torch.equal(sample.target, as_image(found["target", 2][:8]))


def test_a_published_input_of_another_size_is_refused(tmp_path, spec, write_pixels):
    write_pixels(tmp_path / "target_x2/a.png", np.zeros((8, 8), dtype=np.uint8))
    write_pixels(tmp_path / "degraded_x2/a.png", np.zeros((4, 3), dtype=np.uint8))
    files = [file_entry("a", scale=2), file_entry("a", scale=2, role="degraded")]
    with pytest.raises(BenchError, match=r"degraded_x2/a\.png has \(4, 3\).*expected \(4, 4\)"):
        list(samples(spec(files=files), tmp_path, DOUBLE, seed=0))


@pytest.mark.parametrize(
    ("images", "names"), [(None, "ab"), (1, "a"), (5, "ab"), (["b", "a"], "ab"), (["b"], "b")]
)
def test_a_subset_keeps_the_order_of_the_set(tmp_path, spec, pixels, images, names):
    found = samples(spec(), tmp_path, DENOISE, seed=0, images=images)
    assert [sample.name for sample in found] == list(names)


def test_an_unknown_image_is_answered_with_the_known(tmp_path, spec):
    with pytest.raises(BenchError, match=r"'tiny' has no z\. Known: a, b\."):
        list(samples(spec(), tmp_path, DENOISE, seed=0, images=["a", "z"]))


def test_a_task_that_the_set_does_not_serve_is_refused(tmp_path, spec):
    with pytest.raises(BenchError, match="'tiny' serves denoise, not super_resolution"):
        list(samples(spec(tasks=["denoise"]), tmp_path, DOUBLE, seed=0))


def test_training_and_test_images_are_degraded_alike(tmp_path, spec, pixels):
    entry = spec().targets[0]
    degraded, target = degraded_and_target(spec(), tmp_path, DENOISE, entry, 3)
    sample = next(samples(spec(), tmp_path, DENOISE, seed=3))
    assert torch.equal(degraded, sample.degraded) and torch.equal(target, sample.target)
