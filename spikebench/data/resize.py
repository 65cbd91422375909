"""Bicubic resizing as MATLAB's imresize does it, by two small matrix products.

Two modes, because the literature has two: `published` makes the low-resolution files of the public
test sets, pixel for pixel; `matlab_float` is today's MATLAB in floating point.
"""

from functools import lru_cache
from typing import Literal

import numpy as np

Mode = Literal["published", "matlab_float"]


def imresize(image: np.ndarray, factor: float, mode: Mode) -> np.ndarray:
    """Resize an image (H, W) or (H, W, C) by `factor`: 2 doubles the sides, 1/2 halves them.

    Kernel: Keys' cubic with a = -0.5, stretched by 1/factor when shrinking (antialiasing).
    "published": uint8 in and out, borders replicated, vertical pass first, rounded to 8 bits after
    each pass. "matlab_float": any range, float64 out, symmetric borders, no rounding.
    """
    pixels = image.astype(np.float64)
    for axis in (0, 1):
        pixels = _along(pixels, axis, factor, mode)
        if mode == "published":
            pixels = np.clip(np.floor(pixels + 0.5), 0, 255)  # half up, as MATLAB rounds
    return pixels.astype(np.uint8) if mode == "published" else pixels


def _along(pixels: np.ndarray, axis: int, factor: float, mode: Mode) -> np.ndarray:
    weights = _weights(pixels.shape[axis], factor, mode)
    return np.moveaxis(np.tensordot(weights, pixels, axes=(1, axis)), 0, axis)


@lru_cache(maxsize=64)
def _weights(length: int, factor: float, mode: Mode) -> np.ndarray:
    """Return the matrix (ceil(length * factor), length) of one pass; its rows sum to 1."""
    out = int(np.ceil(length * factor - 1e-9))
    stretch = min(factor, 1.0)
    centre = (np.arange(out) + 0.5) / factor - 0.5  # of each output pixel, in input pixels
    reach = int(np.ceil(4 / stretch)) + 2
    taps = np.floor(centre - 2 / stretch)[:, None] + np.arange(reach)  # (out, reach)
    values = cubic((centre[:, None] - taps) * stretch)
    values /= values.sum(axis=1, keepdims=True)
    matrix = np.zeros((out, length))
    rows = np.repeat(np.arange(out), reach)
    np.add.at(matrix, (rows, _inside(taps.astype(int), length, mode).ravel()), values.ravel())
    return matrix


def _inside(taps: np.ndarray, length: int, mode: Mode) -> np.ndarray:
    """Map input positions beyond the border back into the image."""
    if mode == "published":
        return taps.clip(0, length - 1)
    mirrored = np.concatenate([np.arange(length), np.arange(length)[::-1]])
    return mirrored[taps % (2 * length)]


def cubic(x: np.ndarray) -> np.ndarray:
    """Keys' cubic kernel with a = -0.5 (IEEE Trans. ASSP 1981, eq. 15)."""
    x = np.abs(x)
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))
