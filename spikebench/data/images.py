"""Read image files and bring them to the channels a task works on."""

import hashlib
import io
from pathlib import Path

import numpy as np
import torch
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError
from PIL.ImageFile import ImageFile
from torch import Tensor

from spikebench.data.formats import refusal
from spikebench.errors import BenchError
from spikebench.task import Channels

# MATLAB rgb2ycbcr (ITU-R BT.601, studio range): 8-bit RGB to Y in 16 .. 235
LUMA = np.array([65.481, 128.553, 24.966]) / 255
LUMA_OFFSET = 16.0
# MATLAB rgb2gray (Y of NTSC's YIQ, which is Y of BT.601 in full range): 8-bit RGB to 0 .. 255
GREY = np.array([0.298936021293776, 0.587043074451121, 0.114020904255103])
TRANSPOSED = 5  # EXIF orientations from this on exchange height and width
# Pillow's modes of files that are read, and what they become
CONVERTED = {"1": "L", "L": "L", "LA": "L", "P": "RGB", "RGB": "RGB", "RGBA": "RGB"}
AGAIN = "Fetch it again, or convert it to an 8-bit PNG file if it opens elsewhere."


def read_pixels(file: Path) -> np.ndarray:
    """Return the pixels of a file of one opaque picture: uint8, grey (H, W) or RGB (H, W, 3).

    A palette is looked up, black and white are 0 and 255, and the picture is turned upright as its
    EXIF data say. Raises `BenchError` naming the file for anything else (docs/datasets.md): other
    depths, several pictures, transparent pixels, other colours, damage.
    """
    try:
        data = file.read_bytes()
        with Image.open(io.BytesIO(data)) as image:
            held = refusal(image, data)
            pixels = None if held else _decode(image, data)
    except UnidentifiedImageError as error:
        raise BenchError(
            f"{file} cannot be decoded: it is no image that Pillow knows. {AGAIN}"
        ) from error
    except Exception as error:  # a decoder may raise anything on damage
        raise BenchError(f"{file} cannot be decoded: {error}. {AGAIN}") from error
    if pixels is None:
        raise BenchError(
            f"{file} is {held or f'a {image.format} file with transparent pixels'}; expected one "
            "opaque picture of 8-bit grey or RGB. Convert it to such a PNG file, so that its "
            "pixels are what is measured."
        )
    return pixels


def _decode(image: ImageFile, data: bytes) -> np.ndarray | None:
    """Return the upright pixels of an image that is not loaded yet; None if it is not opaque."""
    if image.format == "PNG":
        with Image.open(io.BytesIO(data)) as checked:
            checked.verify()  # the check sums, which decoding leaves out
    image.load()
    upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        # a transparent colour of fewer bits than 8 is not scaled with the samples by Pillow
        if upright.mode in ("1", "L", "RGB"):
            return None
        upright = upright.convert("RGBA")
        if upright.getchannel("A").getextrema() != (255, 255):
            return None
    if image.mode == "P" and 3 * int(np.asarray(image).max()) >= len(image.getpalette() or ()):
        raise ValueError("its pixels name colours that its palette does not hold")
    return np.asarray(upright.convert(CONVERTED[image.mode]))


def sides(file: Path) -> tuple[int, int]:
    """Return height and width of a picture that `read_pixels` has read, from its header alone."""
    with Image.open(file) as image:
        width, height = image.size
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
        turned = orientation >= TRANSPOSED and image.format != "TIFF"  # Pillow turns those itself
    return (width, height) if turned else (height, width)


def pixel_sha256(pixels: np.ndarray) -> str:
    """Return the SHA-256 of decoded pixels, in row order, with their shape."""
    header = "x".join(map(str, pixels.shape)).encode()
    return hashlib.sha256(header + np.ascontiguousarray(pixels).tobytes()).hexdigest()


def luminance(pixels: np.ndarray) -> np.ndarray:
    """Return Y of RGB values 0 .. 255 (H, W, 3) as MATLAB's rgb2ycbcr, float64 in [16, 235] / 255.

    It is not rounded to 8 bits; neither need the values be whole numbers.
    """
    return (pixels.astype(np.float64) @ LUMA + LUMA_OFFSET) / 255


def full_range_grey(pixels: np.ndarray) -> np.ndarray:
    """Return the grey of 8-bit RGB (H, W, 3) as MATLAB's rgb2gray: uint8 (H, W), 0 .. 255.

    Rounded half up, as MATLAB rounds. Train400's files are that of BSDS500's, pixel for pixel.
    """
    return np.floor(pixels.astype(np.float64) @ GREY + 0.5).astype(np.uint8)


def to_channels(
    pixels: np.ndarray,
    channels: Channels,
    place: str,
    *,
    grey_as_rgb: bool = False,
) -> Tensor:
    """Return 8-bit grey (H, W) or RGB (H, W, 3) as float32 (1, C, H, W) in [0, 1].

    A grey image is its own "grey" and "y". Of a colour image, "grey" is `full_range_grey`, in 8
    bits, and "y" is its luminance, in 16 .. 235 of 255 and not rounded. With `grey_as_rgb` a grey
    image becomes a colour one with equal channels; without, asking for its colours raises
    `BenchError`; `place` names it.
    """
    grey = pixels.ndim == 2
    if channels == "rgb" and grey:
        if not grey_as_rgb:
            raise BenchError(f"{place} is grey; this task needs colour. Use another data set.")
        pixels, grey = np.stack([pixels] * 3, axis=-1), False
    if channels == "y" and not grey:
        values = luminance(pixels)
    else:
        values = (full_range_grey(pixels) if channels == "grey" and not grey else pixels) / 255
    image = torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))
    image = image[None] if image.dim() == 2 else image.permute(2, 0, 1)
    return image[None].contiguous()
