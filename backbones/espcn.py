"""ESPCN: super-resolution computed at the small size and rearranged to the large one at the end.

Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel
Convolutional Neural Network", CVPR 2016, sec. 3. Two changes: 3x3 ReLU convolutions throughout (the
paper: 5x5 first, tanh), and a bicubic global skip, as in VDSR (Kim et al., CVPR 2016), so that the
network learns only what bicubic interpolation misses.
"""

from itertools import pairwise

from torch import Tensor, nn
from torch.nn.functional import interpolate


class ESPCN(nn.Module):
    """Map a small image (N, C, h, w) in [0, 1] to (N, C, scale * h, scale * w), not clipped."""

    def __init__(self, *, scale: int, depth: int, width: int, channels: int = 1) -> None:
        super().__init__()
        self.scale = scale
        features = [channels, *[width] * (depth - 1)]
        hidden: list[nn.Module] = []
        for source, target in pairwise(features):
            hidden += [nn.Conv2d(source, target, 3, padding=1), nn.ReLU()]
        self.body = nn.Sequential(*hidden, nn.Conv2d(width, channels * scale**2, 3, padding=1))
        self.shuffle = nn.PixelShuffle(scale)

    def forward(self, image: Tensor) -> Tensor:
        # When enlarging, `antialias` only selects the kernel: a = -0.5 (Keys, 1981), as in MATLAB's
        # imresize, in place of PyTorch's usual a = -0.75.
        skip = interpolate(
            image, scale_factor=self.scale, mode="bicubic", antialias=True, align_corners=False
        )
        return self.shuffle(self.body(image)) + skip
