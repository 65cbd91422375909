import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spikebench.data.degrade import (
    add_noise,
    compress,
    crop_to_multiple,
    enlarge,
    pad_to_multiple,
    shrink,
)
from spikebench.data.resize import imresize


def test_noise_is_white_with_the_named_deviation():
    image = torch.full((1, 1, 200, 200), 0.5)
    noise = (add_noise(image, 25, 0) - image)[0, 0].double() * 255
    n = noise.numel()  # limits are five standard errors of the estimate
    assert abs(noise.mean()) < 5 * 25 / n**0.5
    assert abs(noise.std() - 25) < 5 * 25 / (2 * n) ** 0.5
    assert abs((noise[:, 1:] * noise[:, :-1]).mean()) < 5 * 25**2 / n**0.5


def test_noise_is_neither_clipped_nor_rounded():
    noisy = add_noise(torch.tensor([0.0, 1.0]).repeat(1, 1, 16, 16), 25, 0)
    assert noisy.min() < 0 and noisy.max() > 1
    assert (noisy * 255 != (noisy * 255).round()).any()


def test_noise_belongs_to_its_seed():
    image = torch.zeros(1, 1, 8, 8)
    torch.manual_seed(1)  # the global generator plays no part
    first = add_noise(image, 25, 7)
    torch.manual_seed(2)
    assert torch.equal(add_noise(image, 25, 7), first)
    assert not torch.equal(add_noise(image, 25, 8), first)


def test_noise_scales_with_sigma():
    image = torch.zeros(1, 1, 8, 8)
    assert torch.allclose(add_noise(image, 50, 0), 2 * add_noise(image, 25, 0))


@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_is_that_of_another_encoder_of_its_tables(channels):
    """One 8 x 8 block of flat colour: only its mean is coded, in steps of the first table entry."""
    image = torch.full((channels, 8, 8), 100 / 255)
    found = compress(image, 10) * 255
    step = 16 * 5 / 8  # entry 16 of libjpeg's luminance table at quality 10: 5000 / 10 per cent
    expected = round((100 - 128) / step) * step + 128
    assert found.unique().tolist() == pytest.approx([expected], abs=0.51)


@pytest.mark.parametrize("shape", [(1, 13, 9), (3, 8, 17), (1, 1, 1)])
def test_jpeg_keeps_the_shape_and_gets_closer_with_quality(shape):
    image = torch.randint(256, shape, generator=torch.Generator().manual_seed(0)) / 255
    errors = [(compress(image, quality) - image).square().mean() for quality in (5, 40, 95)]
    assert compress(image, 30).shape == shape
    if image.numel() > 1:
        assert errors[0] > errors[1] > errors[2]


@given(height=st.integers(4, 12), width=st.integers(4, 12), scale=st.integers(1, 4))
@settings(max_examples=30)
def test_the_upper_left_multiple_is_kept(height, width, scale):
    pixels = np.arange(height * width).reshape(height, width)
    kept = crop_to_multiple(pixels, scale)
    assert all(side % scale == 0 for side in kept.shape)
    assert height - kept.shape[0] < scale and width - kept.shape[1] < scale
    assert np.array_equal(kept, pixels[: kept.shape[0], : kept.shape[1]])


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_shrinking_is_the_published_one(scale):
    pixels = np.random.default_rng(0).integers(256, size=(24, 12, 3), dtype=np.uint8)
    low = shrink(pixels, scale)
    assert low.shape == (24 // scale, 12 // scale, 3)
    assert np.array_equal(low, imresize(pixels, 1 / scale, "published"))


@pytest.mark.parametrize("scale", [2, 3])
def test_enlarging_keeps_channels_apart_and_is_not_rounded(scale):
    image = torch.rand(1, 3, 5, 6, generator=torch.Generator().manual_seed(0))
    large = enlarge(image, scale)
    assert (large.shape, large.dtype) == ((1, 3, 5 * scale, 6 * scale), torch.float32)
    for channel in range(3):
        expected = imresize(image[0, channel].numpy(), scale, "matlab_float")
        assert np.allclose(large[0, channel], expected, rtol=0, atol=1e-6)


@given(height=st.integers(1, 9), width=st.integers(1, 9), multiple=st.integers(1, 5))
def test_padding_repeats_the_last_row_and_column(height, width, multiple):
    image = torch.arange(2.0 * height * width).reshape(1, 2, height, width)
    padded = pad_to_multiple(image, multiple)
    rows, columns = padded.shape[-2:]
    assert rows % multiple == columns % multiple == 0
    assert 0 <= rows - height < multiple and 0 <= columns - width < multiple
    expected = np.pad(
        image.numpy(), ((0, 0), (0, 0), (0, rows - height), (0, columns - width)), "edge"
    )
    assert np.array_equal(padded.numpy(), expected)
