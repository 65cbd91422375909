"""PRN: one small residual network that is run again and again on its own output to remove rain.

Ren et al., "Progressive Image Deraining Networks: A Better and Simpler Baseline", CVPR 2019,
sec. 3.1: the progressive network without recurrent layer. All stages share their weights, and each
is given the rainy image besides the last stage's output.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import relu


class PRN(nn.Module):
    """Map a rainy image (N, C, H, W) in [0, 1] to its restoration, same shape, not clipped.

    Each of the `stages` runs is one convolution, `blocks` residual blocks, and one convolution.
    """

    def __init__(self, *, stages: int, blocks: int, width: int, channels: int = 3) -> None:
        super().__init__()
        self.stages = stages
        self.entry = _convolutions(2 * channels, width)
        numbers = map(str, range(1, blocks + 1))  # as in the published weights
        self.blocks = nn.ModuleDict({n: _convolutions(width, width, width) for n in numbers})
        self.exit = nn.Conv2d(width, channels, 3, padding=1)

    def forward(self, image: Tensor) -> Tensor:
        restored = image
        for _ in range(self.stages):
            features = self.entry(torch.cat([image, restored], dim=1))
            for block in self.blocks.values():
                features = relu(block(features) + features)
            restored = self.exit(features) + image
        return restored


def _convolutions(*features: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for source, target in pairwise(features):
        layers += [nn.Conv2d(source, target, 3, padding=1), nn.ReLU()]
    return nn.Sequential(*layers)
