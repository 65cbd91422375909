"""VDSR: a deep stack of 3x3 convolutions that adds detail to the bicubic enlargement.

Kim et al., "Accurate Image Super-Resolution Using Very Deep Convolutional Networks", CVPR 2016,
sec. 3. No convolution has a bias, as in the weights of twtygqyy/pytorch-vdsr. One set of weights
serves every scale.
"""

from torch import Tensor, nn


class VDSR(nn.Module):
    """Map an enlarged image (N, C, H, W) in [0, 1] to its restoration, same shape, not clipped."""

    def __init__(self, *, depth: int, width: int, channels: int = 1) -> None:
        super().__init__()
        self.first = _rectified(channels, width)
        self.hidden = nn.Sequential(*(_rectified(width, width) for _ in range(depth - 2)))
        self.last = nn.Conv2d(width, channels, 3, padding=1, bias=False)

    def forward(self, image: Tensor) -> Tensor:
        return self.last(self.hidden(self.first(image))) + image


def _rectified(source: int, target: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(source, target, 3, padding=1, bias=False), nn.ReLU())
