"""PSNR, SSIM and LPIPS under named protocols: a number without its protocol says nothing."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from torch import Tensor

from spikebench.data.images import luminance
from spikebench.errors import BenchError
from spikebench.perceptual import Trunk, distance


@dataclass(frozen=True)
class Protocol:
    """How two images are compared.

    `cuts_border`: whether a border as wide as the factor of super-resolution is left out.
    `bytes`: how the restored values become 8-bit numbers, if at all: rounded half up, or truncated
    as a cast to bytes does. `of_rgb`: whether the network restores colour of which the luminance is
    compared.
    """

    cuts_border: bool
    bytes: Literal["rounded", "truncated"] | None
    of_rgb: bool
    description: str


PROTOCOLS = {
    "grey_float": Protocol(False, None, False, "one channel, float, no border cut"),
    "rgb_float": Protocol(False, None, False, "all three channels, float, no border cut"),
    "rgb_uint8": Protocol(False, "rounded", False, "three channels, 8 bits, no border cut"),
    "y_float": Protocol(True, None, False, "luminance, float, border of `scale` cut"),
    "y_uint8": Protocol(True, "rounded", False, "luminance, 8 bits, border of `scale` cut"),
    "y_of_rgb_float": Protocol(
        True, None, True, "luminance of the restored colours, float, border of `scale` cut"
    ),
    "y_of_rgb_uint8": Protocol(
        True, "rounded", True, "colours in 8 bits, their luminance, border of `scale` cut"
    ),
    "y_of_rgb_truncated": Protocol(
        True, "truncated", True, "colours cut down to bytes, their luminance, border cut"
    ),
}


@dataclass(frozen=True)
class Scores:
    """PSNR in dB (inf for equal images), SSIM at most 1, LPIPS at least 0 or None."""

    psnr: float
    ssim: float
    lpips: float | None


def measure(
    restored: Tensor,
    target: Tensor,
    protocol: str,
    *,
    scale: int | None = None,
    trunk: Trunk | None = None,
) -> Scores:
    """Compare (1, C, H, W) images in [0, 1]; the restored one is clipped first.

    SSIM has the Gaussian window of Wang et al. (TIP 2004): 11x11, sigma 1.5, population
    covariance. LPIPS (Zhang et al., CVPR 2018) is taken with `trunk`, over all channels also where
    the protocol compares luminance, and is None without one. Raises `BenchError` for an unknown
    protocol, NaN or infinite values, and unequal shapes.
    """
    rules = _protocol(protocol)
    _check(restored, target)
    if rules.of_rgb and target.shape[1] != 3:
        raise BenchError(
            f"Protocol '{protocol}' compares the luminance of colours, but the image has "
            f"{target.shape[1]} channel. Use y_float, or `channels: rgb`."
        )
    border = scale or 0 if rules.cuts_border else 0
    colours = (
        _inside(_in_bytes(restored.clamp(0, 1), rules.bytes), border),
        _inside(_in_bytes(target, "rounded" if rules.bytes else None), border),
    )
    compared = tuple(map(_luminance, colours)) if rules.of_rgb else colours
    perceived = distance(*map(_as_image, colours), trunk) if trunk else None
    return Scores(_psnr(*compared), _ssim(*compared), perceived)


def _protocol(name: str) -> Protocol:
    if name not in PROTOCOLS:
        raise BenchError(f"Unknown protocol '{name}'. Known: {', '.join(PROTOCOLS)}.")
    return PROTOCOLS[name]


def _check(restored: Tensor, target: Tensor) -> None:
    if restored.shape != target.shape:
        raise BenchError(
            f"restored image of shape {tuple(restored.shape)}, target of {tuple(target.shape)}: "
            "they must be equal. Check the backbone's scale."
        )
    if not torch.isfinite(restored).all():
        raise BenchError("the restored image holds NaN or infinite values; its method is broken.")


def _in_bytes(image: Tensor, how: Literal["rounded", "truncated"] | None) -> np.ndarray:
    """Return (H, W, C) float64 in [0, 1], of whole 255ths if asked.

    A target is rounded, never truncated: it is a file's bytes already, and a quotient such as
    100/255 may lie a hair below.
    """
    values = image[0].permute(1, 2, 0).double().numpy()
    if how is None:
        return values
    return np.floor(values * 255 + (0.5 if how == "rounded" else 0)) / 255


def _inside(values: np.ndarray, border: int) -> np.ndarray:
    return values[border : values.shape[0] - border, border : values.shape[1] - border]


def _luminance(values: np.ndarray) -> np.ndarray:
    return luminance(values * 255)[..., None]


def _as_image(values: np.ndarray) -> Tensor:
    return torch.from_numpy(values).float().permute(2, 0, 1)[None]


def _psnr(restored: np.ndarray, target: np.ndarray) -> float:
    if np.array_equal(restored, target):
        return math.inf  # scikit-image divides by zero there
    return float(peak_signal_noise_ratio(target, restored, data_range=1.0))


def _ssim(restored: np.ndarray, target: np.ndarray) -> float:
    return float(
        structural_similarity(
            target,
            restored,
            data_range=1.0,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            channel_axis=2,
        )
    )
