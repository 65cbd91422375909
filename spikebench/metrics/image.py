"""PSNR, SSIM and LPIPS under named protocols: a number without its protocol says nothing."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import torch
from skimage.metrics import structural_similarity
from torch import Tensor

from spikebench.data.images import luminance
from spikebench.errors import BenchError
from spikebench.metrics import protocols as score_protocols
from spikebench.metrics.perceptual import Look, distance, look, sees
from spikebench.metrics.smallest import WINDOW
from spikebench.metrics.trunks import Trunk


@dataclass(frozen=True)
class Scores:
    """PSNR in dB (inf for equal images), SSIM at most 1, LPIPS at least 0 or None."""

    psnr: float
    ssim: float
    lpips: float | None


@dataclass(frozen=True)
class Target:
    """An image (1, C, H, W) in [0, 1] under a protocol, to compare several others with.

    `scale` is the factor of super-resolution, `trunk` what LPIPS looks through, if it is measured.
    What LPIPS sees of the target is computed once.
    """

    image: Tensor
    protocol: str
    scale: int | None = None
    trunk: Trunk | None = None

    def scores(self, restored: Tensor) -> Scores:
        """Compare an image (1, C, H, W) in [0, 1] with this one; it is clipped first.

        SSIM has the Gaussian window of Wang et al. (TIP 2004): 11x11, sigma 1.5, population
        covariance. LPIPS (Zhang et al., CVPR 2018) is taken over all channels also where the
        protocol compares luminance, and is None without a trunk, and on images too small for it.
        Raises `BenchError` for an unknown protocol, NaN or infinite values, unequal shapes, and
        images smaller than SSIM's window.
        """
        rules = score_protocols.protocol(self.protocol)
        _check(restored, self.image)
        if rules.of_rgb and self.image.shape[1] != 3:
            raise BenchError(
                f"Protocol '{self.protocol}' compares the luminance of colours, but the image has "
                f"{self.image.shape[1]} channel. Use y_float, or `channels: rgb`."
            )
        border = rules.border(self.scale)
        _check_size(self.image, border)
        ours = _inside(_in_bytes(restored.clamp(0, 1), rules.bytes), border)
        theirs, perceived = self._values, self._perceived(ours)
        if rules.of_rgb:
            ours, theirs = _luminance(ours), _luminance(theirs)
        return Scores(_psnr(ours, theirs), _ssim(ours, theirs), perceived)

    @cached_property
    def _values(self) -> np.ndarray:
        """What of the target is compared: (H, W, C)."""
        rules = score_protocols.protocol(self.protocol)
        values = _in_bytes(self.image, "rounded" if rules.bytes else None)
        return _inside(values, rules.border(self.scale))

    @cached_property
    def _look(self) -> Look | None:
        """What the trunk sees of it; None without one, and where it is deeper than the image."""
        if self.trunk is None or not sees(self.trunk, *self._values.shape[:2]):
            return None
        return look(_as_image(self._values), self.trunk)

    def _perceived(self, restored: np.ndarray) -> float | None:
        if self.trunk is None or self._look is None:
            return None
        return distance(look(_as_image(restored), self.trunk), self._look, self.trunk)


def measure(
    restored: Tensor,
    target: Tensor,
    protocol: str,
    *,
    scale: int | None = None,
    trunk: Trunk | None = None,
) -> Scores:
    """Compare two images; see `Target.scores`."""
    return Target(target, protocol, scale, trunk).scores(restored)


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
