"""PSNR, SSIM and LPIPS under named protocols: a number without its protocol says nothing."""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.torchvision_compat import declare_missing_operators

ALEXNET = "alexnet-owt-7be5be79.pth"  # the trunk that `lpips` loads through torch.hub


@dataclass(frozen=True)
class Protocol:
    """How two images are compared.

    `crop`: border pixels left out, a number or "scale" (the factor of super-resolution).
    `quantise`: whether the values of both images are rounded to 8 bits, half up.
    """

    crop: Literal[0, "scale"]
    quantise: bool
    description: str


PROTOCOLS = {
    "grey_float": Protocol(0, False, "one channel, float, clipped to [0, 1], no border cut"),
    "y_float": Protocol("scale", False, "luminance, float, clipped, border of `scale` cut"),
    "y_uint8": Protocol("scale", True, "luminance, rounded to 8 bits, border of `scale` cut"),
    "rgb_uint8": Protocol(0, True, "all three channels, rounded to 8 bits, no border cut"),
}


@dataclass(frozen=True)
class Scores:
    """PSNR in dB (inf for equal images), SSIM at most 1, LPIPS at least 0 or None."""

    psnr: float
    ssim: float
    lpips: float | None


def measure(restored: Tensor, target: Tensor, protocol: str, *, scale: int | None = None) -> Scores:
    """Compare (1, C, H, W) images in [0, 1]; the restored one is clipped first.

    SSIM has the Gaussian window of Wang et al. (TIP 2004): 11x11, sigma 1.5, population
    covariance. LPIPS (AlexNet, Zhang et al., CVPR 2018) is None unless `lpips_available()`.
    Raises `BenchError` for an unknown protocol, NaN or infinite values, and unequal shapes.
    """
    rules = _protocol(protocol)
    if restored.shape != target.shape:
        raise BenchError(
            f"restored image of shape {tuple(restored.shape)}, target of {tuple(target.shape)}: "
            "they must be equal. Check the backbone's scale."
        )
    if not torch.isfinite(restored).all():
        raise BenchError("the restored image holds NaN or infinite values; its method is broken.")
    border = scale or 0 if rules.crop == "scale" else rules.crop
    pair = [_prepared(image, rules.quantise, border) for image in (restored.clamp(0, 1), target)]
    return Scores(_psnr(*pair), _ssim(*pair), _lpips(*pair))


def lpips_available() -> tuple[bool, str]:
    """Tell whether LPIPS can be measured here, and why not.

    Its trunk is never downloaded: it must lie where torch.hub keeps checkpoints.
    """
    file = Path(torch.hub.get_dir(), "checkpoints", ALEXNET)
    if file.is_file():
        return True, ""
    return False, f"LPIPS is not measured: {ALEXNET} is not in torch.hub's checkpoint folder."


def _protocol(name: str) -> Protocol:
    if name not in PROTOCOLS:
        raise BenchError(f"Unknown protocol '{name}'. Known: {', '.join(PROTOCOLS)}.")
    return PROTOCOLS[name]


def _prepared(image: Tensor, quantise: bool, border: int) -> np.ndarray:
    """Return (H, W, C) float64 in [0, 1], rounded to 8 bits if asked, without its border."""
    values = image[0].permute(1, 2, 0).double().numpy()
    if quantise:
        values = np.floor(values * 255 + 0.5) / 255
    return values[border : values.shape[0] - border, border : values.shape[1] - border]


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


def _lpips(restored: np.ndarray, target: np.ndarray) -> float | None:
    if not lpips_available()[0]:
        return None
    with torch.inference_mode():
        return float(_lpips_network()(_as_rgb(restored), _as_rgb(target)))


def _as_rgb(image: np.ndarray) -> Tensor:
    """Return (1, 3, H, W) in [-1, 1], as `lpips` expects; one channel is repeated."""
    values = torch.from_numpy(image).float().permute(2, 0, 1)[None] * 2 - 1
    return values.expand(1, 3, -1, -1)


@cache
def _lpips_network() -> torch.nn.Module:
    declare_missing_operators()
    import lpips  # loads torchvision, which takes seconds

    return lpips.LPIPS(net="alex", verbose=False).eval()
