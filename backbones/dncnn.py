"""DnCNN: a stack of 3x3 convolutions that predicts the noise and subtracts it.

Zhang et al., "Beyond a Gaussian Denoiser", IEEE Trans. Image Process. 26(7), 2017, sec. III. There
is no batch normalisation, as in the weights of cszn/KAIR, where it is folded into the convolutions.
"""

from itertools import pairwise

from torch import Tensor, nn


class DnCNN(nn.Module):
    """Map a noisy image (N, C, H, W) in [0, 1] to its restoration, same shape, not clipped."""

    def __init__(self, *, depth: int, width: int, channels: int = 1) -> None:
        super().__init__()
        features = [channels, *[width] * (depth - 1)]
        hidden: list[nn.Module] = []
        for source, target in pairwise(features):
            hidden += [nn.Conv2d(source, target, 3, padding=1), nn.ReLU()]
        self.model = nn.Sequential(*hidden, nn.Conv2d(width, channels, 3, padding=1))

    def forward(self, image: Tensor) -> Tensor:
        return image - self.model(image)
