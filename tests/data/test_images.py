import io
import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.color import rgb2ycbcr

from spikebench.data.images import luminance, read_pixels, to_channels
from spikebench.errors import BenchError


def png(mode: str, **options) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (5, 4)).save(buffer, format="PNG", **options)
    return buffer.getvalue()


def png_of_16_bits(colours: int) -> bytes:
    """Build a 5 x 4 PNG by hand, since Pillow writes no 16-bit colour; colour type 0 or 2."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", 5, 4, 16, 2 if colours == 3 else 0, 0, 0, 0)
    rows = (b"\0" + struct.pack(">H", 0x1234) * 5 * colours) * 4
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in chunks)


REFUSED = {
    "grey with alpha": png("LA"),
    "colour with alpha": png("RGBA"),
    "a transparent colour": png("RGB", transparency=(0, 0, 0)),
    "16-bit grey": png_of_16_bits(1),
    "16-bit colour": png_of_16_bits(3),
    "a palette": png("P"),
    "one bit": png("1"),
}
DAMAGED = {
    "no image": b"<html>404 Not Found</html>",
    "empty": b"",
    "truncated": png("RGB")[:-30],
    "flipped bytes": png("L").replace(b"IDAT", b"IDAX"),
}


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 3)], ids=["grey", "colour"])
@pytest.mark.parametrize("suffix", ["png", "bmp"])
def test_8_bit_pixels_are_returned_as_they_are(tmp_path, write_pixels, shape, suffix):
    random = np.random.default_rng(0)
    pixels = write_pixels(
        tmp_path / f"x.{suffix}", random.integers(256, size=shape, dtype=np.uint8)
    )
    found = read_pixels(tmp_path / f"x.{suffix}")
    assert found.dtype == np.uint8
    assert np.array_equal(found, pixels)


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_another_kind_of_image_is_refused_by_name_and_remedy(tmp_path, content):
    (tmp_path / "x.png").write_bytes(content)
    with pytest.raises(BenchError, match=r"x\.png: image mode .*expected 8-bit.*Convert the file"):
        read_pixels(tmp_path / "x.png")


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_refused_by_name_and_remedy(tmp_path, content):
    (tmp_path / "x.png").write_bytes(content)
    with pytest.raises(BenchError, match=r"x\.png cannot be decoded: .*fetch it again"):
        read_pixels(tmp_path / "x.png")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BenchError, match=r"gone\.png cannot be decoded"):
        read_pixels(tmp_path / "gone.png")


def test_luminance_is_that_of_matlab():
    pixels = np.random.default_rng(0).integers(256, size=(6, 7, 3), dtype=np.uint8)
    expected = rgb2ycbcr(pixels)[..., 0] / 255
    assert np.allclose(luminance(pixels), expected, rtol=0, atol=1e-12)


def test_luminance_reaches_from_16_to_235():
    corners = np.array([[[0, 0, 0], [255, 255, 255]]], dtype=np.uint8)
    assert np.allclose(luminance(corners) * 255, [[16, 235]], rtol=0, atol=1e-9)


def test_a_grey_image_is_its_own_grey_and_y():
    pixels = np.arange(12, dtype=np.uint8).reshape(3, 4)
    for channels in ("grey", "y"):
        image = to_channels(pixels, channels, "x")
        assert (image.dtype, image.shape) == (torch.float32, (1, 1, 3, 4))
        assert np.array_equal(image[0, 0].numpy(), (pixels / 255).astype(np.float32))


def test_one_channel_of_a_colour_image_is_its_luminance():
    pixels = np.random.default_rng(0).integers(256, size=(3, 4, 3), dtype=np.uint8)
    for channels in ("grey", "y"):
        image = to_channels(pixels, channels, "x")
        assert image.shape == (1, 1, 3, 4)
        assert np.allclose(image[0, 0], rgb2ycbcr(pixels)[..., 0] / 255, rtol=0, atol=1e-6)


def test_colours_keep_their_order():
    pixels = np.zeros((2, 2, 3), dtype=np.uint8)
    pixels[..., 0], pixels[..., 2] = 255, 51
    image = to_channels(pixels, "rgb", "x")
    assert image.shape == (1, 3, 2, 2)
    assert torch.allclose(image[0, :, 0, 0], torch.tensor([1.0, 0.0, 0.2]))


def test_colour_asked_of_a_grey_image_is_refused():
    with pytest.raises(BenchError, match=r"bridge is grey.*Use another data set"):
        to_channels(np.zeros((2, 2), dtype=np.uint8), "rgb", "bridge")


def test_a_file_that_claims_too_many_pixels_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    Image.new("L", (5, 5)).save(tmp_path / "bomb.png")
    with pytest.raises(BenchError, match=r"bomb\.png cannot be decoded.*decompression bomb"):
        read_pixels(tmp_path / "bomb.png")
