"""A small U-Net: two levels of pooling, nearest up-sampling, concatenated skips, a global skip.

After Ronneberger et al., "U-Net", MICCAI 2015, with average pooling and nearest up-sampling, which
are linear and so need no neurons of their own, and with padded convolutions.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn


class UNet(nn.Module):
    """Map an image (N, C, H, W) in [0, 1] to its restoration, same shape, not clipped.

    H and W must be multiples of 4. `width` is the number of features at full size; it doubles at
    each of the two smaller sizes.
    """

    def __init__(self, *, width: int, channels: int = 1) -> None:
        super().__init__()
        self.encode = _convolutions(channels, width, width)
        self.encode_half = _convolutions(width, 2 * width, 2 * width)
        self.bottom = _convolutions(2 * width, 4 * width, 2 * width)
        self.decode_half = _convolutions(4 * width, 2 * width, width)
        self.decode = _convolutions(2 * width, width)
        self.degradation = nn.Conv2d(width, channels, 3, padding=1)
        self.shrink = nn.AvgPool2d(2)
        self.enlarge = nn.Upsample(scale_factor=2, mode="nearest")

    def forward(self, image: Tensor) -> Tensor:
        full = self.encode(image)  # (N, width, H, W)
        half = self.encode_half(self.shrink(full))  # (N, 2 width, H / 2, W / 2)
        deep = self.bottom(self.shrink(half))  # (N, 2 width, H / 4, W / 4)
        half = self.decode_half(torch.cat([self.enlarge(deep), half], dim=1))
        full = self.decode(torch.cat([self.enlarge(half), full], dim=1))
        return image - self.degradation(full)


def _convolutions(*features: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for source, target in pairwise(features):
        layers += [nn.Conv2d(source, target, 3, padding=1), nn.ReLU()]
    return nn.Sequential(*layers)
