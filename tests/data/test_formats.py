"""Files that are taken exactly or refused: built by hand, or written by tifffile and Pillow."""

import io
import re
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from spikebench.data.formats import MODES
from spikebench.data.images import read_pixels
from spikebench.errors import BenchError
from tests.data import image_files as by_hand

RANDOM = np.random.default_rng(0)
COLOUR = RANDOM.integers(256, size=(7, 10, 3), dtype=np.uint8)
GREY = COLOUR[..., 0].copy()
BITS = GREY > 127
INDEX = GREY % 5
TABLE = RANDOM.integers(256, size=(5, 3), dtype=np.uint8)
COLOUR_16, GREY_16 = (COLOUR.astype(np.uint16) * 257, GREY.astype(np.uint16) * 256 + 3)
OPAQUE, CLEAR = np.full_like(GREY, 255), np.full_like(GREY, 254)


def pillow(pixels: np.ndarray, kind: str, mode: str | None = None, **options) -> bytes:
    stream = io.BytesIO()
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(stream, kind, **options)
    return stream.getvalue()


def several(kind: str, pixels: np.ndarray = COLOUR, **options) -> bytes:
    others = [Image.fromarray(255 - pixels)]
    return pillow(pixels, kind, save_all=True, append_images=others, **options)


def tiff(pixels: np.ndarray, photometric: str = "minisblack", **options) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, pixels, photometric=photometric, **options)
    return stream.getvalue()


def indexed_tiff(step: int) -> bytes:
    """Return a TIFF whose palette has the colours of `TABLE`, multiplied by the step."""
    table = np.zeros((3, 256), dtype=np.uint16)
    table[:, :5] = TABLE.T.astype(np.uint16) * step
    return tiff(INDEX, "palette", colormap=table)


def with_alpha(pixels: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    return np.dstack([pixels, alpha])


def png_of_palette(depth: int, *, opacity: bytes | None = None, colours: int = 5) -> bytes:
    chunks = [(b"PLTE", TABLE[:colours].tobytes())]
    chunks += [(b"tRNS", opacity)] if opacity is not None else []
    return by_hand.png_file(INDEX, depth, by_hand.PALETTE, chunks)


READ = {
    "png of 1 bit": (by_hand.png_file(BITS, 1, by_hand.GREY), BITS * np.uint8(255)),
    "png of 2 bits": (by_hand.png_file(GREY // 64, 2, by_hand.GREY), GREY // 64 * 85),
    "png of 4 bits": (by_hand.png_file(GREY // 16, 4, by_hand.GREY), GREY // 16 * 17),
    "png of grey": (by_hand.png_file(GREY, 8, by_hand.GREY), GREY),
    "png of colour": (by_hand.png_file(COLOUR, 8, by_hand.RGB), COLOUR),
    "png of a palette": (png_of_palette(8), TABLE[INDEX]),
    "png of a palette of 4 bits": (png_of_palette(4), TABLE[INDEX]),
    "png of an opaque palette": (png_of_palette(8, opacity=b"\xff" * 5), TABLE[INDEX]),
    "png of opaque grey": (
        by_hand.png_file(with_alpha(GREY, OPAQUE), 8, by_hand.GREY_ALPHA),
        GREY,
    ),
    "png of opaque colour": (
        by_hand.png_file(with_alpha(COLOUR, OPAQUE), 8, by_hand.RGB_ALPHA),
        COLOUR,
    ),
    "png with a colour profile": (pillow(COLOUR, "PNG", icc_profile=b"\0" * 200), COLOUR),
    "bmp of a palette": (by_hand.bmp_file(INDEX, 8, TABLE), TABLE[INDEX]),
    "bmp of colour": (pillow(COLOUR, "BMP"), COLOUR),
    "bmp of grey": (pillow(GREY, "BMP"), GREY),
    "bmp of 1 bit": (pillow(BITS, "BMP"), BITS * np.uint8(255)),
    "pgm": (by_hand.netpbm_file(GREY, 255), GREY),
    "ppm": (by_hand.netpbm_file(COLOUR, 255), COLOUR),
    "plain pgm": (by_hand.netpbm_file(GREY, 255, plain=True), GREY),
    "plain ppm": (by_hand.netpbm_file(COLOUR, 255, plain=True), COLOUR),
    "plain pbm": (
        b"P1 10 7\n" + b"".join(b"01"[not bit :][:1] for bit in BITS.ravel()),
        BITS * np.uint8(255),
    ),
    "pbm, where 1 is black": (
        b"P4 10 7\n" + b"".join(by_hand.packed(row, 1) for row in ~BITS),
        BITS * np.uint8(255),
    ),
    "tiff of grey": (tiff(GREY), GREY),
    "tiff of colour": (tiff(COLOUR, "rgb"), COLOUR),
    "tiff of colour, big-endian": (tiff(COLOUR, "rgb", byteorder=">"), COLOUR),
    "tiff of planes": (tiff(np.moveaxis(COLOUR, -1, 0), "rgb", planarconfig="separate"), COLOUR),
    "tiff with zlib": (tiff(COLOUR, "rgb", compression="zlib", predictor=True), COLOUR),
    "tiff of tiles": (tiff(COLOUR, "rgb", tile=(16, 16)), COLOUR),
    "tiff of 1 bit": (pillow(BITS, "TIFF"), BITS * np.uint8(255)),
    "tiff of a palette": (indexed_tiff(257), TABLE[INDEX]),
    "tiff of opaque colour": (
        tiff(with_alpha(COLOUR, OPAQUE), "rgb", extrasamples=["unassalpha"]),
        COLOUR,
    ),
    "webp without loss": (pillow(COLOUR, "WEBP", lossless=True), COLOUR),
    "jpeg 2000 without loss": (pillow(COLOUR, "JPEG2000", irreversible=False), COLOUR),
    "jpeg 2000 of grey": (pillow(GREY, "JPEG2000", irreversible=False, no_jp2=True), GREY),
}

JPEG_2000 = pillow(COLOUR, "JPEG2000", no_jp2=True)
HEADER_OF_JPEG_2000 = JPEG_2000[: JPEG_2000.index(b"\xff\x90")]  # to the first tile
DEPTH = "samples of another depth than 8 bits"
CLEAR_PIXELS = "a PNG file with transparent pixels"
PNG_16 = {
    by_hand.GREY: GREY_16,
    by_hand.RGB: COLOUR_16,
    by_hand.GREY_ALPHA: with_alpha(GREY_16, OPAQUE * np.uint16(257)),
    by_hand.RGB_ALPHA: with_alpha(COLOUR_16, OPAQUE * np.uint16(257)),
}
REFUSED = {
    **{
        f"png of 16 bits, type {kind}": (by_hand.png_file(samples, 16, kind), f"a PNG.*{DEPTH}")
        for kind, samples in PNG_16.items()
    },
    "png of grey with alpha": (
        by_hand.png_file(with_alpha(GREY, CLEAR), 8, by_hand.GREY_ALPHA),
        CLEAR_PIXELS,
    ),
    "png of colour with alpha": (
        by_hand.png_file(with_alpha(COLOUR, CLEAR), 8, by_hand.RGB_ALPHA),
        CLEAR_PIXELS,
    ),
    "png of a palette with alpha": (png_of_palette(8, opacity=b"\xff\x80"), CLEAR_PIXELS),
    "png with a transparent colour": (
        by_hand.png_file(COLOUR, 8, by_hand.RGB, [(b"tRNS", bytes(6))]),
        CLEAR_PIXELS,
    ),
    "png of 4 bits with a transparent grey": (
        by_hand.png_file(GREY // 16, 4, by_hand.GREY, [(b"tRNS", b"\0\x07")]),
        CLEAR_PIXELS,
    ),
    "png of colours outside its palette": (png_of_palette(8, colours=3), "its palette does not"),
    "png of colours far outside its palette": (
        by_hand.png_file(INDEX // 4 * 86, 8, by_hand.PALETTE, [(b"PLTE", TABLE.tobytes())]),
        "its palette does not",
    ),
    "png of several": (several("PNG"), "a PNG file of 2 pictures"),
    "png of one beside its default": (
        several("PNG", default_image=True),
        "a PNG file of 2 pictures",
    ),
    "webp of several": (several("WEBP", lossless=True), "a WEBP file of 2 pictures"),
    "webp with alpha": (
        pillow(with_alpha(COLOUR, CLEAR), "WEBP", lossless=True),
        "a WEBP file with transparent pixels",
    ),
    "gif": (pillow(GREY, "GIF"), "a GIF file; read are BMP, JPEG, "),
    "gif of several": (several("GIF", GREY), "a GIF file of 2 pictures"),
    "tga": (pillow(COLOUR, "TGA"), "a TGA file; read are"),
    "jpegs of a stereo camera": (several("MPO"), "a MPO file of 2 pictures"),
    "cmyk jpeg": (pillow(COLOUR, "JPEG", "CMYK"), "a JPEG file with CMYK colours"),
    "bmp of 5 bits": (by_hand.bmp_file(GREY_16 & 0x7FFF, 16), f"a BMP file with {DEPTH}"),
    "pgm of 16 bits": (by_hand.netpbm_file(GREY_16, 65535), f"a PPM file with {DEPTH}"),
    "ppm of 16 bits": (by_hand.netpbm_file(COLOUR_16, 65535), "samples of 0 to 65535, not 255"),
    "pgm of 10 bits": (by_hand.netpbm_file(GREY * 4, 1023), "a PPM file with .*samples of"),
    "ppm of 10 bits": (by_hand.netpbm_file(COLOUR * 4, 1023), "samples of 0 to 1023, not 255"),
    "plain ppm of 10 bits": (
        by_hand.netpbm_file(COLOUR * 4, 1023, plain=True),
        "samples of 0 to 1023, not 255",
    ),
    "pgm up to 100": (by_hand.netpbm_file(GREY % 101, 100), "samples of 0 to 100, not 255"),
    "ppm of several": (by_hand.netpbm_file(COLOUR, 255) * 2, "more data behind its picture"),
    "plain ppm of several": (
        by_hand.netpbm_file(COLOUR, 255, plain=True) * 2,
        "more data behind its picture",
    ),
    "jpeg 2000 that is cut behind its header": (
        HEADER_OF_JPEG_2000,
        "a JPEG2000 file with no end of its picture",
    ),
    "pfm": (b"Pf\n10 7\n-1.0\n" + GREY.astype("<f4").tobytes(), "a PPM file with .*"),
    "tiff of several": (tiff(np.stack([COLOUR, COLOUR]), "rgb"), "a TIFF file of 2 pictures"),
    "tiff of several behind one header": (
        tiff(np.stack([COLOUR, COLOUR]), "rgb", truncate=True),
        "a stack of pictures",
    ),
    "tiff of a volume": (
        tiff(np.stack([GREY, GREY]), volumetric=True, tile=(2, 16, 16)),
        "a stack of pictures|2 pictures",
    ),
    "tiff of 16-bit grey": (tiff(GREY_16), f"a TIFF file with {DEPTH}"),
    "tiff of 16-bit colour": (tiff(COLOUR_16, "rgb"), f"a TIFF file with {DEPTH}"),
    "tiff of 16-bit colour, zlib": (
        tiff(COLOUR_16, "rgb", compression="zlib"),
        f"a TIFF file with {DEPTH}",
    ),
    "tiff of signed bytes": (tiff(GREY.astype(np.int8)), "signed or floating-point samples"),
    "tiff of floats": (tiff(GREY.astype(np.float32)), f"a TIFF file with {DEPTH}"),
    "tiff of inverted grey": (tiff(GREY, "miniswhite"), "white is zero"),
    "tiff of a 16-bit palette": (indexed_tiff(251), "a palette of 16-bit colours"),
    "tiff of a fourth channel": (
        tiff(with_alpha(COLOUR, GREY), "rgb", extrasamples=["unspecified"]),
        "channels besides its colours",
    ),
    "tiff with alpha": (
        tiff(with_alpha(COLOUR, CLEAR), "rgb", extrasamples=["unassalpha"]),
        "a TIFF file with transparent pixels",
    ),
    "cmyk tiff": (pillow(COLOUR, "TIFF", "CMYK"), "a TIFF file with CMYK colours"),
    "lab tiff": (pillow(COLOUR, "TIFF", "LAB"), "a TIFF file with CIELAB colours"),
    "jpeg 2000 of 16 bits": (pillow(GREY_16, "JPEG2000"), "components that are not of 8 bits"),
}


@pytest.mark.parametrize(("content", "pixels"), READ.values(), ids=READ.keys())
def test_a_file_that_holds_8_bits_is_read_exactly(tmp_path, content, pixels):
    (tmp_path / "x").write_bytes(content)
    found = read_pixels(tmp_path / "x")
    assert found.dtype == np.uint8
    assert np.array_equal(found, pixels)


@pytest.mark.parametrize(("content", "what"), REFUSED.values(), ids=REFUSED.keys())
def test_what_8_bits_cannot_hold_is_refused_in_one_sentence(tmp_path, content, what):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(BenchError, match=f"{re.escape(str(tmp_path / 'x'))} (is|cannot).*({what})"):
        read_pixels(tmp_path / "x")


def test_jpeg_2000_of_deep_colour_is_refused(tmp_path):
    """Pillow writes none; the depths are those of marker SIZ, which precede the pixels."""
    content = bytearray(pillow(COLOUR, "JPEG2000", irreversible=False))
    first = content.find(b"\xff\x4f\xff\x51") + 42
    content[first : first + 9] = bytes([11, 1, 1]) * 3
    (tmp_path / "x.jp2").write_bytes(content)
    with pytest.raises(BenchError, match="components that are not of 8 bits and full size"):
        read_pixels(tmp_path / "x.jp2")


def test_jpeg_2000_of_other_colours_is_refused(tmp_path):
    content = pillow(COLOUR, "JPEG2000", irreversible=False)
    changed = content.replace(b"colr\1\0\0\0\0\0\x10", b"colr\1\0\0\0\0\0\x12")  # sRGB, sYCC
    assert changed != content
    (tmp_path / "x.jp2").write_bytes(changed)
    with pytest.raises(BenchError, match="colours other than sRGB and grey"):
        read_pixels(tmp_path / "x.jp2")


WRONG_TAGS = {
    "rows of a strip": (278, 2),
    "planes": (284, 9),
    "bytes": (279, 209),
    "start": (273, 0),
}


@pytest.mark.parametrize(("tag", "value"), WRONG_TAGS.values(), ids=WRONG_TAGS.keys())
def test_a_tiff_whose_strips_do_not_fit_is_refused(tmp_path, tag, value):
    """Pillow reads them without a word, and not as tifffile does."""
    content = pillow(COLOUR, "TIFF")
    entry = re.search(struct.pack("<H", tag) + b"(\3|\4)\0\1\0\0\0(....)", content, re.DOTALL)
    changed = content[: entry.start(2)] + struct.pack("<I", value) + content[entry.end(2) :]
    (tmp_path / "x.tif").write_bytes(changed)
    with pytest.raises(BenchError, match="strips or tiles that do not fit its size"):
        read_pixels(tmp_path / "x.tif")


def test_a_tiff_that_is_cut_off_in_the_padding_of_its_tile_is_refused(tmp_path):
    """Bytes that are lost before move what follows: pixels change, and the padding hides it."""
    content = tiff(COLOUR, "rgb", tile=(16, 16))
    (tmp_path / "x.tif").write_bytes(content[:-700] + content[-699:])
    with pytest.raises(BenchError, match="strips or tiles that do not fit its size"):
        read_pixels(tmp_path / "x.tif")


FILES = {
    "PNG": lambda pixels, exif: by_hand.png_file(pixels, 8, by_hand.RGB, [(b"eXIf", exif)]),
    "PNG, EXIF behind the pixels": lambda pixels, exif: by_hand.png_file(
        pixels, 8, by_hand.RGB, after=[(b"eXIf", exif)]
    ),
    "TIFF": lambda pixels, exif: pillow(pixels, "TIFF", exif=exif),
    "TIFF with zlib": lambda pixels, exif: pillow(
        pixels, "TIFF", exif=exif, compression="tiff_deflate"
    ),
    "WEBP": lambda pixels, exif: pillow(pixels, "WEBP", lossless=True, exif=b"Exif\0\0" + exif),
    "JPEG": lambda pixels, exif: pillow(pixels, "JPEG", exif=b"Exif\0\0" + exif),
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("write", FILES.values(), ids=FILES.keys())
def test_a_picture_is_turned_upright_in_every_format(
    tmp_path: Path, write: Callable[[np.ndarray, bytes], bytes], orientation: int
):
    stored, turned = tmp_path / "stored", tmp_path / "turned"
    stored.write_bytes(write(COLOUR, by_hand.exif(1)))
    turned.write_bytes(write(COLOUR, by_hand.exif(orientation)))
    assert np.array_equal(read_pixels(turned), by_hand.turned(read_pixels(stored), orientation))


def test_every_format_that_is_read_has_a_line_in_the_documentation():
    text = (Path(__file__).parents[2] / "docs/datasets.md").read_text("utf-8")
    for kind in MODES:
        name = {"JPEG2000": "JPEG 2000", "PPM": "PBM, PGM, PPM", "WEBP": "WebP"}.get(kind, kind)
        assert f"| {name} |" in text
