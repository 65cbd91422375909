"""NAFNet: a U-Net whose blocks multiply the halves of their features instead of activating them.

Chen et al., "Simple Baselines for Image Restoration", ECCV 2022, sec. 4: SimpleGate, simplified
channel attention and LayerNorm over the channels of each pixel.
"""

import torch
from torch import Tensor, nn


class NAFNet(nn.Module):
    """Map a degraded image (N, C, H, W) in [0, 1] to its restoration, same shape, not clipped.

    `encoder`, `middle` and `decoder` say how many blocks each level has; features double and sides
    halve from level to level, so H and W are multiples of 2 ** len(encoder).
    """

    def __init__(
        self, *, width: int, encoder: list[int], middle: int, decoder: list[int], channels: int = 1
    ) -> None:
        super().__init__()
        widths = [width * 2**level for level in range(len(encoder))]
        deepest = width * 2 ** len(encoder)
        self.entry = nn.Conv2d(channels, width, 3, padding=1)
        self.encoders = nn.ModuleList(map(_blocks, encoder, widths))
        self.downs = nn.ModuleList(nn.Conv2d(c, 2 * c, 2, stride=2) for c in widths)
        self.middle = _blocks(middle, deepest)
        self.ups = nn.ModuleList(map(_up, reversed(widths)))
        self.decoders = nn.ModuleList(map(_blocks, decoder, reversed(widths)))
        self.exit = nn.Conv2d(width, channels, 3, padding=1)

    def forward(self, image: Tensor) -> Tensor:
        features, skips = self.entry(image), []
        for blocks, down in zip(self.encoders, self.downs, strict=True):
            skips.append(features := blocks(features))
            features = down(features)
        features = self.middle(features)
        for up, blocks in zip(self.ups, self.decoders, strict=True):
            features = blocks(up(features) + skips.pop())
        return self.exit(features) + image


class Block(nn.Module):
    """Two gated residual branches on features (N, c, h, w), each scaled by channel, from zero."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.mix = nn.Sequential(
            ChannelNorm(width),
            nn.Conv2d(width, 2 * width, 1),
            nn.Conv2d(2 * width, 2 * width, 3, padding=1, groups=2 * width),
            SimpleGate(),
            ChannelAttention(width),
            nn.Conv2d(width, width, 1),
        )
        self.feed = nn.Sequential(
            ChannelNorm(width),
            nn.Conv2d(width, 2 * width, 1),
            SimpleGate(),
            nn.Conv2d(width, width, 1),
        )
        self.beta = nn.Parameter(torch.zeros(1, width, 1, 1))
        self.gamma = nn.Parameter(torch.zeros(1, width, 1, 1))

    def forward(self, features: Tensor) -> Tensor:
        features = features + self.beta * self.mix(features)
        return features + self.gamma * self.feed(features)


class ChannelNorm(nn.Module):
    """LayerNorm over the channels of each pixel of (N, c, h, w)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=1e-6)

    def forward(self, features: Tensor) -> Tensor:
        return self.norm(features.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class SimpleGate(nn.Module):
    """(N, 2c, h, w) -> (N, c, h, w): the product of its halves, eq. 4."""

    def forward(self, features: Tensor) -> Tensor:
        first, second = features.chunk(2, dim=1)
        return first * second


class ChannelAttention(nn.Module):
    """Weigh channels by a linear function of their means over the image, eq. 6."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weigh = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(width, width, 1))

    def forward(self, features: Tensor) -> Tensor:
        return features * self.weigh(features)


def _blocks(count: int, width: int) -> nn.Sequential:
    return nn.Sequential(*(Block(width) for _ in range(count)))


def _up(width: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(2 * width, 4 * width, 1, bias=False), nn.PixelShuffle(2))
