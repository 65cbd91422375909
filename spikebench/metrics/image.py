"""PSNR, SSIM and LPIPS under named protocols: a number without its protocol says nothing."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from skimage.metrics import structural_similarity
from torch import Tensor

from spikebench.data.images import luminance
from spikebench.errors import BenchError
from spikebench.metrics import protocols as score_protocols
from spikebench.metrics.perceptual import TRUNKS, Trunk, distance
from spikebench.metrics.smallest import WINDOW


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
    the protocol compares luminance, and is None without one, and on images too small for it. Raises
    `BenchError` for an unknown protocol, NaN or infinite values, unequal shapes, and images smaller
    than SSIM's window.
    """
    rules = score_protocols.protocol(protocol)
    _check(restored, target)
    if rules.of_rgb and target.shape[1] != 3:
        raise BenchError(
            f"Protocol '{protocol}' compares the luminance of colours, but the image has "
            f"{target.shape[1]} channel. Use y_float, or `channels: rgb`."
        )
    border = rules.border(scale)
    _check_size(target, border)
    ours = _inside(_in_bytes(restored.clamp(0, 1), rules.bytes), border)
    theirs = _inside(_in_bytes(target, "rounded" if rules.bytes else None), border)
    perceived = _perceived(ours, theirs, trunk)
    if rules.of_rgb:
        ours, theirs = _luminance(ours), _luminance(theirs)
    return Scores(_psnr(ours, theirs), _ssim(ours, theirs), perceived)


def _check(restored: Tensor, target: Tensor) -> None:
    if restored.shape != target.shape:
        raise BenchError(
            f"restored image of shape {tuple(restored.shape)}, target of {tuple(target.shape)}: "
            "they must be equal. Check the backbone's `scale` and `multiple`."
        )
    if not torch.isfinite(restored).all():
        raise BenchError("the restored image holds NaN or infinite values; its method is broken.")


def _check_size(target: Tensor, border: int) -> None:
    height, width = (max(0, side - 2 * border) for side in target.shape[-2:])
    if min(height, width) < WINDOW:
        raise BenchError(
            f"of the image {height} x {width} pixels are compared, too few for SSIM's window of "
            f"{WINDOW} x {WINDOW}. Choose other images with `images`."
        )


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


def _perceived(restored: np.ndarray, target: np.ndarray, trunk: Trunk | None) -> float | None:
    """Return LPIPS, None without a trunk and where it is deeper than the image is large."""
    if trunk is None or min(target.shape[:2]) < TRUNKS[trunk].least_side:
        return None
    return distance(_as_image(restored), _as_image(target), trunk)


def _as_image(values: np.ndarray) -> Tensor:
    return torch.from_numpy(values).float().permute(2, 0, 1)[None]


def _psnr(restored: np.ndarray, target: np.ndarray) -> float:
    # Not scikit-image's: it imports scipy.stats, which takes each job longer than the simulation
    # of a small image, and divides by zero for equal images.
    error = np.mean((target - restored) ** 2)
    return float(10 * np.log10(1 / error)) if error else math.inf


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
