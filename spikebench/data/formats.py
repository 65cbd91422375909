"""What image files hold that 8-bit grey or RGB does not, told before Pillow decodes them.

Pillow reduces deeper samples to 8 bits, scales other ranges, takes the first of several pictures
and drops extra channels without a word. Formats are read where all of that can be seen.
"""

import re

from PIL.ImageFile import ImageFile
from PIL.TiffImagePlugin import ImageFileDirectory_v2, TiffImageFile

# Formats that are read, with those of Pillow's modes that become 8-bit grey or RGB exactly.
MODES = {
    "BMP": {"1", "L", "P", "RGB", "RGBA"},
    "JPEG": {"L", "RGB"},
    "JPEG2000": {"L", "RGB"},
    "PNG": {"1", "L", "LA", "P", "RGB", "RGBA"},
    "PPM": {"1", "L", "RGB"},
    "TIFF": {"1", "L", "LA", "P", "RGB", "RGBA"},
    "WEBP": {"RGB", "RGBA"},
}
DEPTH = "samples of another depth than 8 bits"
COLOURS = {"CMYK": "CMYK colours", "F": "floating-point samples", "LAB": "CIELAB colours"}
# TIFF 6.0 tags
WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, DESCRIPTION = 256, 257, 258, 259, 262, 270
STRIP_OFFSETS, SAMPLES, STRIP_ROWS, STRIP_BYTES, PLANES, PALETTE = 273, 277, 278, 279, 284, 320
TILE_WIDTH, TILE_ROWS, TILE_OFFSETS, TILE_BYTES, EXTRA, SAMPLE_FORMAT = *range(322, 326), 338, 339
VOLUME_DEPTH = 32997  # of SGI's extension
WHITE_IS_ZERO = 0
UNSIGNED = 1
INTERLEAVED, SEPARATE = 1, 2
UNCOMPRESSED = 1


def refusal(image: ImageFile, data: bytes) -> str | None:
    """Return what a file is if it is not one picture of 8-bit grey or RGB, else None.

    `image` is opened from `data`, the content of the file, and not loaded yet. Transparency is
    not looked at: whether a picture is opaque is seen in its pixels.
    """
    kind = image.format
    if (pictures := getattr(image, "n_frames", 1)) > 1:
        return f"a {kind} file of {pictures} pictures"
    if kind not in MODES:
        return f"a {kind} file; read are {', '.join(MODES)}"
    held = _of_any(image) or _of_one_format(image, data) or _of_mode(image)
    return held and f"a {kind} file with {held}"


def _of_any(image: ImageFile) -> str | None:
    """Tell samples whose depth is in the name of the decoder's mode, such as RGB;16B."""
    return DEPTH if any(re.search(r";(1[0-9]|32)", str(tile.args)) for tile in image.tile) else None


def _of_one_format(image: ImageFile, data: bytes) -> str | None:
    if isinstance(image, TiffImageFile):
        return _of_tiff(image, len(data))
    if image.format == "PPM":
        return _of_ppm(image, data)
    return _of_jpeg2000(data) if image.format == "JPEG2000" else None


def _of_mode(image: ImageFile) -> str | None:
    mode = image.mode
    if mode in MODES[str(image.format)]:
        return None
    deep = DEPTH if mode.startswith("I") else f"pixels of Pillow's mode {mode}"
    return COLOURS.get(mode, deep)


def _of_tiff(image: TiffImageFile, length: int) -> str | None:
    """Tell what libtiff's and NumPy's readers return in different ways (TIFF 6.0, section 8)."""
    tags = image.tag_v2
    bits = set(tags.get(BITS, (1,)))
    if bits != {8} and (bits != {1} or image.mode != "1"):
        return DEPTH
    if set(tags.get(SAMPLE_FORMAT, (UNSIGNED,))) != {UNSIGNED}:
        return "signed or floating-point samples"
    if tags.get(PHOTOMETRIC, WHITE_IS_ZERO) == WHITE_IS_ZERO:
        return "grey that is stored inverted (white is zero)"
    if EXTRA in tags and image.mode in ("L", "P", "RGB"):
        return "channels besides its colours"
    if any(value & 255 not in (0, value >> 8) for value in tags.get(PALETTE, ())):
        return "a palette of 16-bit colours"
    stacked = re.search(r'(?m)^images=|"truncated": true', str(tags.get(DESCRIPTION, "")))
    if stacked or tags.get(VOLUME_DEPTH, 1) != 1:
        return "a stack of pictures"
    return (
        None if _is_whole(tags, bits.pop(), length) else "strips or tiles that do not fit its size"
    )


def _is_whole(tags: ImageFileDirectory_v2, bits: int, length: int) -> bool:
    """Tell whether the strips or tiles are as many and as long as the picture needs.

    They have to lie in the `length` bytes of the file: padding of a tile can hide what is cut off.
    """
    width, height, samples = tags[WIDTH], tags[HEIGHT], tags.get(SAMPLES, 1)
    planes = {INTERLEAVED: 1, SEPARATE: samples}.get(tags.get(PLANES, INTERLEAVED), 0)
    tiled = TILE_OFFSETS in tags
    columns = tags[TILE_WIDTH] if tiled else width
    rows = tags[TILE_ROWS] if tiled else min(tags.get(STRIP_ROWS, height), height)
    pieces = -(-width // columns) * -(-height // rows) * planes
    starts = tags[TILE_OFFSETS if tiled else STRIP_OFFSETS]
    if planes == 0 or len(starts) != pieces or min(starts) == 0:
        return False
    stored = tags.get(TILE_BYTES if tiled else STRIP_BYTES, ())
    if any(start + size > length for start, size in zip(starts, stored, strict=False)):
        return False
    if tags.get(COMPRESSION, UNCOMPRESSED) != UNCOMPRESSED:
        return len(stored) == pieces
    row_bytes = -(-columns * samples // planes * bits // 8)
    return sum(stored) == row_bytes * (rows * pieces if tiled else height * planes)


def _of_ppm(image: ImageFile, data: bytes) -> str | None:
    """Tell another range than 0 .. 255, and what follows the samples: Netpbm allows pictures."""
    decoder, _, start, args = image.tile[0]
    if isinstance(args, tuple) and args[1] != 255:
        return f"samples of 0 to {args[1]}, not 255"
    width, height = image.size
    samples = width * len(image.getbands())
    if decoder == "ppm_plain":
        words = re.sub(rb"#[^\r\n]*", b"", data[start:]).split()
        more = sum(map(len, words)) if image.mode == "1" else len(words)
        rest = more > samples * height
    else:
        row = (width + 7) // 8 if image.mode == "1" else samples
        rest = bool(data[start + row * height :].strip())
    return "more data behind its picture" if rest else None


def _of_jpeg2000(data: bytes) -> str | None:
    """Tell components that are not of 8 bits and full size (marker SIZ, ISO 15444-1 A.5.1)."""
    start = data.find(b"\xff\x4f\xff\x51") + 4
    if data.find(b"\xff\xd9", start) < 0:  # marker EOC: Pillow fills up what is cut off before it
        return "no end of its picture"
    count = int.from_bytes(data[start + 36 : start + 38])
    components = data[start + 38 : start + 38 + 3 * count]
    if components != bytes([7, 1, 1]) * count:  # bits - 1, horizontal and vertical sampling
        return "components that are not of 8 bits and full size"
    colours = re.search(rb"colr\x01..(.{4})", data[:start], re.DOTALL)
    srgb_or_grey = not colours or int.from_bytes(colours[1]) in (16, 17)  # I.5.3.3
    return None if srgb_or_grey else "colours other than sRGB and grey"
