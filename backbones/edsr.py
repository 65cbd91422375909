"""EDSR: residual blocks without normalisation at the small size, enlarged by pixel shuffle.

Lim et al., "Enhanced Deep Residual Networks for Single Image Super-Resolution", CVPR Workshops
2017, sec. 3. The published weights work on colours of 0 .. 255 from which the mean of DIV2K is
taken; both conversions are made here, so that images stay in [0, 1].
"""

import torch
from torch import Tensor, nn

MEAN = (0.4488, 0.4371, 0.4040)  # red, green, blue of DIV2K


class EDSR(nn.Module):
    """Map a small colour image (N, 3, h, w) in [0, 1] to (N, 3, scale * h, scale * w), not clipped.

    `scale` is 2, 3 or 4. `blocks` residual blocks of two convolutions have `width` features.
    """

    def __init__(self, *, scale: int, blocks: int, width: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)
        self.head = _convolution(3, width)
        residuals = [_residual(width) for _ in range(blocks)]
        self.body = nn.ModuleList([*residuals, _convolution(width, width)])
        self.tail = nn.Sequential(_enlargement(scale, width), _convolution(width, 3))

    def forward(self, image: Tensor) -> Tensor:
        shallow = deep = self.head((image - self.mean) * 255)
        for block in self.body[:-1]:
            deep = deep + block(deep)
        return self.tail(shallow + self.body[-1](deep)) / 255 + self.mean


def _residual(width: int) -> nn.Sequential:
    return nn.Sequential(_convolution(width, width), nn.ReLU(), _convolution(width, width))


def _enlargement(scale: int, width: int) -> nn.Sequential:
    """Return one convolution and pixel shuffle for scale 2 or 3, two of scale 2 for scale 4."""
    layers: list[nn.Module] = []
    for factor in {2: [2], 3: [3], 4: [2, 2]}[scale]:
        layers += [_convolution(width, factor**2 * width), nn.PixelShuffle(factor)]
    return nn.Sequential(*layers)


def _convolution(source: int, target: int) -> nn.Conv2d:
    return nn.Conv2d(source, target, 3, padding=1)
