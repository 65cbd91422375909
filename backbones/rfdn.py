"""RFDN: residual blocks that distil features, with an attention that looks from afar.

Liu et al., "Residual Feature Distillation Network for Lightweight Image Super-Resolution", ECCV
Workshops 2020, sec. 3, winner of AIM 2020's challenge of efficient super-resolution. The enhanced
spatial attention (ESA) is that of Liu et al., "Residual Feature Aggregation Network for Image
Super-Resolution", CVPR 2020, sec. 3.3: it shrinks the map by a strided convolution and a max pool.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, leaky_relu, max_pool2d, relu

SLOPE = 0.05  # of the leaky ReLU
RANGE = 255.0  # the published weights work on bytes
STEPS = ("c1", "c2", "c3")


class RFDN(nn.Module):
    """Map a small colour image (N, 3, h, w) in [0, 1] to (N, 3, scale * h, scale * w), not clipped.

    There are `blocks` blocks of `width` features; both sides of the image are 15 pixels at least.
    """

    def __init__(self, *, scale: int, width: int, blocks: int) -> None:
        super().__init__()
        self.entry = nn.Conv2d(3, width, 3, padding=1)
        numbers = map(str, range(1, blocks + 1))  # as in the published weights
        self.blocks = nn.ModuleDict({number: _block(width) for number in numbers})
        self.join = nn.Conv2d(blocks * width, width, 1)
        self.exit = nn.Conv2d(width, width, 3, padding=1)
        self.enlarge = nn.Sequential(
            nn.Conv2d(width, 3 * scale**2, 3, padding=1), nn.PixelShuffle(scale)
        )

    def forward(self, image: Tensor) -> Tensor:
        features = first = self.entry(image * RANGE)
        kept = []
        for block in self.blocks.values():
            features = _distil(block, features)
            kept.append(features)
        joined = leaky_relu(self.join(torch.cat(kept, dim=1)), SLOPE)
        return self.enlarge(self.exit(joined) + first) / RANGE


def _distil(block: nn.ModuleDict, features: Tensor) -> Tensor:
    aside, rest = [], features
    for step in STEPS:
        aside.append(leaky_relu(block[f"{step}_d"](rest), SLOPE))
        rest = leaky_relu(block[f"{step}_r"](rest) + rest, SLOPE)
    last = leaky_relu(block["c4"](rest), SLOPE)
    return _attend(block["esa"], block["c5"](torch.cat([*aside, last], dim=1)))


def _attend(esa: nn.ModuleDict, features: Tensor) -> Tensor:
    near = esa["conv1"](features)
    far = max_pool2d(esa["conv2"](near), kernel_size=7, stride=3)
    far = esa["conv3_"](relu(esa["conv3"](relu(esa["conv_max"](far)))))
    size = (features.shape[2], features.shape[3])
    far = interpolate(far, size, mode="bilinear", align_corners=False)
    return features * torch.sigmoid(esa["conv4"](far + esa["conv_f"](near)))


def _block(width: int) -> nn.ModuleDict:
    half = width // 2
    layers: dict[str, nn.Module] = {}
    for step in STEPS:
        layers[f"{step}_d"] = nn.Conv2d(width, half, 1)
        layers[f"{step}_r"] = nn.Conv2d(width, width, 3, padding=1)
    layers["c4"] = nn.Conv2d(width, half, 3, padding=1)
    layers["c5"] = nn.Conv2d(4 * half, width, 1)
    layers["esa"] = _attention(width, width // 4)
    return nn.ModuleDict(layers)


def _attention(width: int, inner: int) -> nn.ModuleDict:
    names = ("conv_max", "conv3", "conv3_")
    layers = {name: nn.Conv2d(inner, inner, 3, padding=1) for name in names}
    layers["conv1"], layers["conv4"] = nn.Conv2d(width, inner, 1), nn.Conv2d(inner, width, 1)
    layers["conv_f"] = nn.Conv2d(inner, inner, 1)
    layers["conv2"] = nn.Conv2d(inner, inner, 3, stride=2)
    return nn.ModuleDict(layers)
