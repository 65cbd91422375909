"""What a network receives and what it is compared with."""

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.color import rgb2ycbcr
from skimage.metrics import peak_signal_noise_ratio

from spikebench.data.degrade import enlarge
from spikebench.data.fetch.download import NotFetched
from spikebench.data.fetch.file import fetch_file
from spikebench.data.pairs import degraded_and_target
from spikebench.data.registry import load_dataset
from spikebench.data.resize import imresize
from spikebench.data.samples import samples, subset_label
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


def test_a_grey_denoiser_and_a_super_resolver_see_a_photograph_as_their_literature_does(
    tmp_path, spec, write_pixels
):
    pixels = write_pixels(tmp_path / "target/a.png", colours(16, 0))
    expected = {
        DENOISE: np.asarray(Image.fromarray(pixels).convert("L")) / 255,  # rgb2gray but for ties
        DOUBLE: rgb2ycbcr(pixels)[..., 0] / 255,
    }
    for task, values in expected.items():
        (sample,) = samples(spec(files=[file_entry("a")]), tmp_path, task, seed=0)
        found = sample.target[0, 0].numpy()
        assert np.mean(np.abs(found - values) > 1e-6) < 0.02


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


DERAIN = Task(kind="derain", channels="rgb", protocol="y_of_rgb_float")
ENLARGED = Task(kind="super_resolution", channels="y", protocol="y_float", scale=2, enlarged=True)


def test_a_super_resolver_may_receive_the_enlargement(tmp_path, spec, pixels):
    small = {sample.name: sample for sample in samples(spec(), tmp_path, DOUBLE, seed=0)}
    for sample in samples(spec(), tmp_path, ENLARGED, seed=0):
        assert torch.equal(sample.degraded, small[sample.name].floor)
        assert torch.equal(sample.floor, sample.degraded)
        assert torch.equal(sample.target, small[sample.name].target)


def colours(side: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(256, size=(side, side, 3), dtype=np.uint8)


def test_a_derainer_receives_the_rainy_file(tmp_path, spec, write_pixels):
    clean = write_pixels(tmp_path / "target/a.png", colours(12, 0))
    rainy = write_pixels(tmp_path / "degraded/a.png", colours(12, 1))
    pair = spec(tasks=["derain"], files=[file_entry("a"), file_entry("a", role="degraded")])
    (sample,) = samples(pair, tmp_path, DERAIN, seed=0)
    for image, pixels in ((sample.degraded, rainy), (sample.target, clean)):
        assert torch.equal(image[0].permute(1, 2, 0), torch.from_numpy(pixels / np.float32(255)))
    assert torch.equal(sample.floor, sample.degraded)


DEBLUR = Task(kind="paired", name="deblur", channels="rgb", protocol="rgb_float")


@pytest.mark.parametrize("task", [DERAIN, DEBLUR], ids=lambda task: task.label)
def test_an_input_of_another_size_is_refused(tmp_path, spec, write_pixels, task):
    write_pixels(tmp_path / "target/a.png", colours(12, 0))
    write_pixels(tmp_path / "degraded/a.png", colours(13, 1))
    pair = spec(tasks=[task.label], files=[file_entry("a"), file_entry("a", role="degraded")])
    with pytest.raises(BenchError, match=r"degraded/a\.png has \(13, 13\).*expected \(12, 12\)"):
        list(samples(pair, tmp_path, task, seed=0))


def test_a_paired_task_takes_the_input_of_the_set_in_its_channels(tmp_path, spec, write_pixels):
    clean = write_pixels(tmp_path / "target/a.png", colours(12, 0))
    blurred = write_pixels(tmp_path / "degraded/a.png", colours(12, 1))
    pair = spec(tasks=["deblur"], files=[file_entry("a"), file_entry("a", role="degraded")])
    for channels, protocol in (("rgb", "rgb_float"), ("y", "y_float")):
        task = DEBLUR.model_copy(update={"channels": channels, "protocol": protocol})
        (sample,) = samples(pair, tmp_path, task, seed=0)
        for image, pixels in ((sample.degraded, blurred), (sample.target, clean)):
            expected = pixels / 255 if channels == "rgb" else rgb2ycbcr(pixels)[..., :1] / 255
            assert np.allclose(image[0].permute(1, 2, 0), expected, rtol=0, atol=1e-6)
        assert torch.equal(sample.floor, sample.degraded)


@pytest.mark.parametrize("enlarged", [False, True])
def test_the_inputs_of_a_paired_task_may_be_smaller_by_its_factor(
    tmp_path, spec, write_pixels, enlarged
):
    clean = write_pixels(tmp_path / "target_x2/a.png", colours(13, 0))
    small = write_pixels(tmp_path / "degraded_x2/a.png", colours(6, 1))
    files = [file_entry("a", scale=2), file_entry("a", scale=2, role="degraded")]
    task = DEBLUR.model_copy(update={"scale": 2, "enlarged": enlarged})
    (sample,) = samples(spec(tasks=["deblur"], files=files), tmp_path, task, seed=0)
    low = torch.from_numpy(small / np.float32(255)).permute(2, 0, 1)[None]
    assert torch.equal(sample.degraded, enlarge(low, 2) if enlarged else low)
    assert torch.equal(sample.floor, enlarge(low, 2))
    expected = torch.from_numpy(clean[:12, :12] / np.float32(255)).permute(2, 0, 1)[None]
    assert torch.equal(sample.target, expected)


def test_a_paired_task_without_an_input_names_the_image(tmp_path, spec, write_pixels):
    write_pixels(tmp_path / "target/a.png", colours(12, 0))
    alone = spec(tasks=["deblur"], files=[file_entry("a")])
    with pytest.raises(BenchError, match=r"'tiny' has no input of image 'a', which a paired task"):
        list(samples(alone, tmp_path, DEBLUR, seed=0))


@pytest.mark.parametrize("channels", ["y", "rgb"])
@pytest.mark.parametrize("quality", [10, 40])
def test_a_jpeg_restorer_receives_the_compressed_image(
    tmp_path, spec, write_pixels, quality, channels
):
    """Against Pillow's encoder on luminance in 8 bits, or on colours with 4:2:0."""
    smooth = np.linspace(0, 255, 40 * 33 * 3).reshape(40, 33, 3).astype(np.uint8)
    pixels = write_pixels(tmp_path / "target/a.png", smooth // 2 + colours(48, 0)[:40, :33] // 2)
    clean = pixels
    if channels == "y":
        clean = np.floor(rgb2ycbcr(pixels)[..., 0] + 0.5).astype(np.uint8)
    Image.fromarray(clean).save(tmp_path / "a.jpg", quality=quality, subsampling=2)
    compressed = np.asarray(Image.open(tmp_path / "a.jpg"))
    task = Task(kind="jpeg", quality=quality, channels=channels, protocol=f"{channels}_uint8")
    (sample,) = samples(spec(tasks=["jpeg"], files=[file_entry("a")]), tmp_path, task, seed=0)
    for image, expected in ((sample.degraded, compressed), (sample.target, clean)):
        found = (image[0] * 255).permute(1, 2, 0).squeeze(-1).numpy()
        assert np.allclose(found, expected, rtol=0, atol=1e-4)
    again = next(samples(spec(tasks=["jpeg"], files=[file_entry("a")]), tmp_path, task, seed=1))
    assert torch.equal(again.degraded, sample.degraded)


def test_rain_is_synthetic_where_there_is_no_rainy_file(tmp_path, spec, write_pixels):
    for name in "ab":
        write_pixels(tmp_path / f"target/{name}.png", colours(40, 0) // 2)
    drawn = {
        (seed, sample.name): sample.degraded
        for seed in (0, 1)
        for sample in samples(spec(tasks=["derain"]), tmp_path, DERAIN, seed=seed)
    }
    assert len({tuple(image.flatten().tolist()) for image in drawn.values()}) == 4
    again = next(samples(spec(tasks=["derain"]), tmp_path, DERAIN, seed=1))
    assert torch.equal(again.degraded, drawn[1, "a"])
    assert (drawn[0, "a"] >= again.target - 1e-6).all()


# PSNR in dB of the compressed images at quality 10, 20, 30 and 40
INPUTS = {"classic5": (27.82, 30.12, 31.48, 32.43), "live1": (27.77, 30.07, 31.41, 32.35)}


@pytest.mark.mirror
@pytest.mark.parametrize("name", INPUTS)
def test_jpeg_inputs_are_those_of_the_literature(mirror, tmp_path, name):
    source = load_dataset(name)
    for entry in source.files:
        try:
            fetch_file(entry.url, tmp_path / entry.file_name, entry.sha256, entry.bytes, mirror)
        except NotFetched:
            pytest.skip(f"{entry.file_name} of {name} is not in the mirror")
    for quality, expected in zip((10, 20, 30, 40), INPUTS[name], strict=True):
        task = Task(kind="jpeg", quality=quality, channels="y", protocol="y_uint8")
        found = [
            peak_signal_noise_ratio(s.target.numpy(), s.degraded.numpy(), data_range=1)
            for s in samples(source, tmp_path, task, seed=0)
        ]
        assert np.mean(found) == pytest.approx(expected, abs=0.0051)


def test_a_grey_image_stands_for_a_colour_one_where_the_set_says_so(tmp_path, spec, pixels):
    task = DOUBLE.model_copy(update={"channels": "rgb"})
    with pytest.raises(BenchError, match="a is grey; this task needs colour"):
        next(samples(spec(), tmp_path, task, seed=0))
    sample = next(samples(spec(grey_as_rgb=True), tmp_path, task, seed=0))
    assert sample.degraded.shape[1] == sample.target.shape[1] == 3
    assert torch.equal(sample.target[:, 0], sample.target[:, 2])


def test_a_part_of_a_set_has_its_own_name(spec):
    whole = spec()
    assert subset_label(whole, None) == subset_label(whole, 2) == subset_label(whole, 9) == "tiny"
    assert subset_label(whole, ["b", "a"]) == "tiny"
    assert subset_label(whole, 1) == "tiny[1]"
    chosen = [subset_label(whole, [name]) for name in "ab"]
    assert chosen[0] != chosen[1]
    assert all(label.startswith("tiny[1:") for label in chosen)


@pytest.mark.parametrize("images", [None, 3, 9])
def test_more_than_was_fetched_is_refused(spec, images):
    part = spec(images=3)
    with pytest.raises(BenchError, match=r"in part: 2 of its images are here, 3 are needed"):
        subset_label(part, images)
    assert subset_label(part, 2) == "tiny[2]"
