"""Bicubic resizing, against loops over its definition, Pillow, and the published files."""

from math import ceil, floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from spikebench.data.fetch.file import fetch_file
from spikebench.data.images import read_pixels
from spikebench.data.registry import load_dataset
from spikebench.data.resize import cubic, imresize

FACTORS = [2, 3, 1 / 2, 1 / 3, 1 / 4]


def kernel(x: float) -> float:
    """Keys' cubic as the piecewise polynomial of the paper, a = -0.5."""
    a, x = -0.5, abs(x)
    if x < 1:
        return (a + 2) * x**3 - (a + 3) * x**2 + 1
    return a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a if x < 2 else 0.0


def resize_line(line: np.ndarray, factor: float, *, symmetric: bool) -> np.ndarray:
    """Resize (n,) by loops: every output is the weighted mean of the inputs around its centre."""
    n, stretch = len(line), min(factor, 1.0)
    out = np.empty(ceil(n * factor - 1e-9))
    for i in range(len(out)):
        centre = (i + 0.5) / factor - 0.5
        total = weight = 0.0
        for j in range(floor(centre - 2 / stretch) - 1, ceil(centre + 2 / stretch) + 2):
            w = kernel((centre - j) * stretch)
            folded = j % (2 * n)
            inside = min(folded, 2 * n - 1 - folded) if symmetric else min(max(j, 0), n - 1)
            total, weight = total + w * line[inside], weight + w
        out[i] = total / weight
    return out


def resize(image: np.ndarray, factor: float, mode: str) -> np.ndarray:
    """Resize (H, W) by loops, columns first."""
    for axis in (0, 1):
        symmetric = mode == "matlab_float"
        image = np.apply_along_axis(resize_line, axis, image, factor, symmetric=symmetric)
        if mode == "published":
            image = np.clip(np.floor(image + 0.5), 0, 255)
    return image


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("mode", ["published", "matlab_float"])
def test_resizing_is_its_definition(factor, mode):
    image = np.random.default_rng(0).integers(256, size=(7, 10), dtype=np.uint8)
    found, expected = imresize(image, factor, mode), resize(image.astype(float), factor, mode)
    assert found.shape == expected.shape
    assert np.allclose(found, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("factor", FACTORS)
def test_the_interior_is_that_of_pillow(factor):
    image = np.random.default_rng(0).random((48, 36)).astype(np.float32)
    found = imresize(image, factor, "matlab_float")
    expected = Image.fromarray(image).resize(found.shape[::-1], Image.Resampling.BICUBIC)
    border = 2 * ceil(max(1, factor))  # Pillow treats borders otherwise
    inside = (slice(border, -border),) * 2
    assert np.allclose(found[inside], np.asarray(expected)[inside], rtol=0, atol=1e-5)


@pytest.mark.parametrize("factor", FACTORS)
@given(value=st.integers(0, 255))
@settings(max_examples=5)
def test_a_constant_image_stays_constant(factor, value):
    image = np.full((12, 13, 3), value, dtype=np.uint8)
    assert (imresize(image, factor, "published") == value).all()
    assert np.allclose(imresize(image, factor, "matlab_float"), value, rtol=0, atol=1e-9)


@given(image=arrays(np.uint8, (9, 12)), factor=st.sampled_from(FACTORS))
@settings(max_examples=20)
def test_a_mirrored_image_gives_the_mirrored_result(image, factor):
    # The width is a multiple of 2, 3 and 4: else the grid of output pixels is off the centre.
    found = imresize(image[:, ::-1], factor, "matlab_float")
    assert np.allclose(found, imresize(image, factor, "matlab_float")[:, ::-1], rtol=0, atol=1e-9)


@given(image=arrays(np.uint8, (6, 8, 3)))
@settings(max_examples=10)
def test_channels_do_not_mix(image):
    whole = imresize(image, 1 / 2, "published")
    for channel in range(3):
        assert np.array_equal(whole[..., channel], imresize(image[..., channel], 0.5, "published"))


def test_overshoot_is_clipped_to_8_bits():
    image = np.zeros((16, 16), dtype=np.uint8)
    image[:, 8:] = 255
    enlarged = imresize(image, 2, "matlab_float")
    assert enlarged.min() < 0 and enlarged.max() > 255
    shrunk = imresize(image, 1 / 2, "published")
    assert shrunk.dtype == np.uint8
    assert (shrunk[:, :2] == 0).all() and (shrunk[:, -2:] == 255).all()


def test_the_kernel_is_interpolating_and_sums_to_one():
    assert np.array_equal(cubic(np.arange(-3.0, 4.0)), [0, 0, 0, 1, 0, 0, 0])
    shifts = np.linspace(0, 1, 11)[:, None] + np.arange(-2, 2)
    assert np.allclose(cubic(shifts).sum(axis=1), 1, rtol=0, atol=1e-12)


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("dataset", "scale", "images"),
    [
        ("set5", 2, 5),
        ("set5", 3, 5),
        ("set5", 4, 5),
        ("set14", 2, 14),
        ("set14", 4, 14),
        ("urban100", 4, 20),  # of 100
    ],
)
def test_published_inputs_are_reproduced_pixel_for_pixel(mirror, tmp_path, dataset, scale, images):
    entries = [e for e in load_dataset(dataset).files if e.scale == scale and e.sha256]
    entries = entries[: 2 * images]
    for entry in entries:
        fetch_file(entry.url, tmp_path / entry.file_name, entry.sha256, entry.bytes, mirror)
    for low in (entry for entry in entries if entry.role == "degraded"):
        high = next(e for e in entries if (e.name, e.role) == (low.name, "target"))
        found = imresize(read_pixels(tmp_path / high.file_name), 1 / scale, "published")
        assert np.array_equal(found, read_pixels(tmp_path / low.file_name)), low.name
    assert len(entries) == 2 * images
