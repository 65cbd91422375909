"""What a test image suffers before a network sees it."""

import io

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import pad

from spikebench.data.resize import imresize


def add_noise(image: Tensor, sigma: float, seed: int) -> Tensor:
    """Add white Gaussian noise of standard deviation sigma/255 to an image in [0, 1].

    Neither clipped nor rounded, the protocol of the denoising tables (Zhang et al., TIP 2017).
    """
    random = torch.Generator().manual_seed(seed)
    return image + torch.randn(image.shape, generator=random) * (sigma / 255)


def compress(image: Tensor, quality: int) -> Tensor:
    """Return an image (C, H, W) of whole 255ths as JPEG leaves it, C = 1 or 3.

    Baseline JPEG of libjpeg's quality, 1 to 100, by Pillow: one channel as it is, colours as YCbCr
    of which Cb and Cr have half the sides (4:2:0), as MATLAB's imwrite and OpenCV write them. Of
    Classic5 and LIVE1 that gives the inputs of the literature (Dong et al., ICCV 2015).
    """
    pixels = (image * 255).round().byte().permute(1, 2, 0).squeeze(-1).numpy()
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="JPEG", quality=quality, subsampling="4:2:0")
    with Image.open(file) as decoded:
        found = np.asarray(decoded, dtype=np.float32).reshape(*image.shape[-2:], -1) / 255
    return torch.from_numpy(found).permute(2, 0, 1).contiguous()


def shrink(pixels: np.ndarray, scale: int) -> np.ndarray:
    """Return the low-resolution version of 8-bit pixels whose sides are multiples of `scale`."""
    return imresize(pixels, 1 / scale, "published")


def crop_to_multiple(pixels: np.ndarray, scale: int) -> np.ndarray:
    """Cut rows and columns at the lower right so that both sides are multiples of `scale`."""
    height, width = pixels.shape[:2]
    return pixels[: height - height % scale, : width - width % scale]


def enlarge(image: Tensor, scale: int) -> Tensor:
    """Return the bicubic enlargement of (1, C, h, w), the input's own version at target size."""
    pixels = image[0].permute(1, 2, 0).numpy()
    large = imresize(pixels, scale, "matlab_float")
    return torch.from_numpy(large.astype(np.float32)).permute(2, 0, 1)[None].contiguous()


def pad_to_multiple(image: Tensor, multiple: int) -> Tensor:
    """Repeat the last row and column of (N, C, H, W) until both sides are multiples."""
    height, width = image.shape[-2:]
    return pad(image, (0, -width % multiple, 0, -height % multiple), mode="replicate")
