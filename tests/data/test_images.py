import io
import zlib

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.color import rgb2ycbcr

from spikebench.data.fetch.file import fetch_file
from spikebench.data.images import luminance, read_pixels, sides, to_channels
from spikebench.data.registry import load_dataset
from spikebench.errors import BenchError
from tests.data import image_files as by_hand


def png(mode: str, **options) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (5, 4)).save(buffer, format="PNG", **options)
    return buffer.getvalue()


def saved(kind: str, **options) -> bytes:
    stream = io.BytesIO()
    pixels = np.random.default_rng(0).integers(256, size=(9, 8, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(stream, kind, **options)
    return stream.getvalue()


def mutated(content: bytes, random: np.random.Generator) -> bytes:
    """Return the bytes with a cut, one to three other bytes, or a piece that is there twice."""
    found = bytearray(content)
    first, last = sorted(random.integers(len(found), size=2))
    match random.integers(4):
        case 0:
            del found[last:]
        case 1:
            found[first:first] = found[first:last]
        case _:
            for place in random.integers(len(found), size=random.integers(1, 4)):
                found[place] ^= random.integers(1, 256)
    return bytes(found)


GREY = np.arange(20, dtype=np.uint8).reshape(4, 5)
ROWS = b"".join(b"\0" + row.tobytes() for row in GREY)
DAMAGED = {
    "no image": b"<html>404 Not Found</html>",
    "empty": b"",
    "truncated": png("RGB")[:-30],
    "flipped bytes": png("L").replace(b"IDAT", b"IDAX"),
    "a check sum that is not that of the pixels": by_hand.png_file(GREY, 8, by_hand.GREY).replace(
        zlib.compress(ROWS), zlib.compress(ROWS.replace(b"\x07", b"\x08"))
    ),
    "no end": png("RGB")[:-12],
    "EXIF data that are none": by_hand.png_file(GREY, 8, by_hand.GREY, [(b"eXIf", b"none")]),
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


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_refused_by_name_and_remedy(tmp_path, content):
    (tmp_path / "x.png").write_bytes(content)
    with pytest.raises(BenchError, match=r"x\.png cannot be decoded: .*Fetch it again"):
        read_pixels(tmp_path / "x.png")


MUTATED = {
    "BMP": by_hand.bmp_file(GREY, 8, np.arange(60, dtype=np.uint8).reshape(20, 3)),
    "GIF": saved("GIF"),
    "JPEG": saved("JPEG", exif=b"Exif\0\0" + by_hand.exif(6)),
    "JPEG 2000": saved("JPEG2000"),
    "PNG": saved("PNG", exif=b"Exif\0\0" + by_hand.exif(6)),
    "PPM": by_hand.netpbm_file(GREY, 255),
    "plain PPM": by_hand.netpbm_file(GREY, 255, plain=True),
    "TIFF": saved("TIFF"),
    "TIFF with LZW": saved("TIFF", compression="tiff_lzw"),
    "WEBP": saved("WEBP", lossless=True),
}


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # of damage
@pytest.mark.parametrize("kind", MUTATED)
def test_a_mutated_file_is_read_or_refused_by_name(tmp_path, kind):
    """Bytes are cut off, flipped and doubled, 60 times for each format."""
    random = np.random.default_rng(sum(map(ord, kind)))
    file = tmp_path / "x"
    for _ in range(60):
        content = mutated(MUTATED[kind], random)
        file.write_bytes(content)
        try:
            pixels = read_pixels(file)
        except BenchError as error:
            assert str(file) in str(error)
        else:
            assert pixels.dtype == np.uint8
            assert pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3)


def test_a_mutated_png_is_never_read_as_other_pixels(tmp_path):
    """Check sums hold all of a PNG: what is still read must be what was written."""
    random = np.random.default_rng(0)
    file = tmp_path / "x.png"
    read = 0
    for _ in range(300):
        file.write_bytes(mutated(by_hand.png_file(GREY, 8, by_hand.GREY) + b"\0" * 8, random))
        try:
            pixels = read_pixels(file)
        except BenchError:
            continue
        read += 1
        assert np.array_equal(pixels, GREY)
    assert 0 < read < 100  # where what lies behind the end was mutated


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_the_sides_in_a_header_are_those_of_the_upright_picture(tmp_path, kind, orientation):
    exif = b"Exif\0\0" + by_hand.exif(orientation)
    (tmp_path / "x").write_bytes(saved(kind, exif=exif))
    assert sides(tmp_path / "x") == read_pixels(tmp_path / "x").shape[:2]


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


def test_the_y_of_a_colour_image_is_its_luminance():
    pixels = np.random.default_rng(0).integers(256, size=(3, 4, 3), dtype=np.uint8)
    image = to_channels(pixels, "y", "x")
    assert image.shape == (1, 1, 3, 4)
    assert np.allclose(image[0, 0], rgb2ycbcr(pixels)[..., 0] / 255, rtol=0, atol=1e-6)


def test_the_grey_of_a_colour_image_is_that_of_rgb2gray():
    """Checked by four decimals, as MATLAB's documentation has them, and by Pillow's integers."""
    pixels = np.random.default_rng(0).integers(256, size=(64, 64, 3), dtype=np.uint8)
    found = to_channels(pixels, "grey", "x")[0, 0].double().numpy() * 255
    assert np.allclose(found, found.round(), rtol=0, atol=1e-4)  # 8 bits
    documented = pixels @ np.array([0.2989, 0.5870, 0.1140])
    assert np.abs(found - documented).max() <= 0.5 + 255e-4
    integers = np.asarray(Image.fromarray(pixels).convert("L"))
    assert np.mean(found.round() != integers) < 0.02


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("image", "photograph", "top", "left"),
    [
        ("test_201", "100007", 22, 132),
        ("test_202", "100039", 27, 139),
        ("test_203", "100099", 115, 101),
        ("test_204", "10081", 53, 122),
    ],
)
def test_the_grey_of_a_colour_image_is_that_of_the_denoisers_training_files(
    mirror, tmp_path, image, photograph, top, left
):
    """Train400 is crops of BSDS500's photographs in grey, made by the authors of DnCNN's set."""
    pixels = {}
    for dataset, name in (("train400", image), ("bsds500_test", photograph)):
        entry = next(entry for entry in load_dataset(dataset).files if entry.name == name)
        fetch_file(entry.url, tmp_path / entry.file_name, entry.sha256, entry.bytes, mirror)
        pixels[dataset] = read_pixels(tmp_path / entry.file_name)
    grey = to_channels(pixels["bsds500_test"], "grey", photograph)
    window = grey[..., top : top + 180, left : left + 180]
    assert torch.equal(window, to_channels(pixels["train400"], "grey", image))


def test_the_grey_of_a_colour_image_is_of_full_range():
    """Equal channels are their own grey, from black to white."""
    levels = np.arange(256, dtype=np.uint8)[None]
    colours = np.stack([levels] * 3, axis=-1)
    assert torch.equal(to_channels(colours, "grey", "x"), to_channels(levels, "grey", "x"))


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
