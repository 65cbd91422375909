"""Read image files and bring them to the channels a task works on."""

import hashlib
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from PIL import Image
from PIL.ImageFile import ImageFile
from torch import Tensor

from spikebench.errors import BenchError

# MATLAB rgb2ycbcr (ITU-R BT.601, studio range): 8-bit RGB to Y in 16 .. 235
LUMA = np.array([65.481, 128.553, 24.966]) / 255
LUMA_OFFSET = 16.0


def read_pixels(file: Path) -> np.ndarray:
    """Return the pixels of an 8-bit grey or RGB file: uint8, (H, W) or (H, W, 3).

    Raises `BenchError` naming the file for anything else: alpha, 16 bits, a palette, damage.
    """
    try:
        with Image.open(file) as image:
            kind = _kind(image)
            image.load()
            if kind not in ("L", "RGB"):
                raise BenchError(
                    f"{file}: image mode {kind}; expected 8-bit grey (L) or RGB without "
                    "alpha. Convert the file, so that its pixels are what is measured."
                )
            return np.asarray(image)
    except BenchError:
        raise
    except Exception as error:  # a decoder may raise anything on damage
        raise BenchError(
            f"{file} cannot be decoded: {error}. Delete it and fetch it again."
        ) from error


def _kind(image: ImageFile) -> str:
    """Return the mode of an image that is not loaded yet, with what Pillow drops in silence."""
    if any(";16" in str(tile.args) for tile in image.tile):
        return f"{image.mode} with 16 bits"
    return f"{image.mode} with alpha" if "transparency" in image.info else image.mode


def pixel_sha256(pixels: np.ndarray) -> str:
    """Return the SHA-256 of decoded pixels, in row order, with their shape."""
    header = "x".join(map(str, pixels.shape)).encode()
    return hashlib.sha256(header + np.ascontiguousarray(pixels).tobytes()).hexdigest()


def luminance(pixels: np.ndarray) -> np.ndarray:
    """Return Y of RGB values 0 .. 255 (H, W, 3) as MATLAB's rgb2ycbcr, float64 in [16, 235] / 255.

    It is not rounded to 8 bits; neither need the values be whole numbers.
    """
    return (pixels.astype(np.float64) @ LUMA + LUMA_OFFSET) / 255


def to_channels(
    pixels: np.ndarray,
    channels: Literal["grey", "y", "rgb"],
    place: str,
    *,
    grey_as_rgb: bool = False,
) -> Tensor:
    """Return an image as float32 (1, C, H, W) in [0, 1].

    A grey image is its own "grey" and "y"; "grey" and "y" of a colour image are its luminance. With
    `grey_as_rgb` a grey image becomes a colour one with equal channels; without, asking for its
    colours raises `BenchError`; `place` names it.
    """
    grey = pixels.ndim == 2
    if channels == "rgb" and grey:
        if not grey_as_rgb:
            raise BenchError(f"{place} is grey; this task needs colour. Use another data set.")
        pixels, grey = np.stack([pixels] * 3, axis=-1), False
    if channels != "rgb" and not grey:
        pixels = luminance(pixels)
    elif pixels.dtype == np.uint8:
        pixels = pixels / 255
    image = torch.from_numpy(np.ascontiguousarray(pixels, dtype=np.float32))
    image = image[None] if image.dim() == 2 else image.permute(2, 0, 1)
    return image[None].contiguous()
