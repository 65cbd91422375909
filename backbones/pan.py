"""PAN: attention by pixel, a gate for each value of a map, in a small network.

Zhao et al., "Efficient Image Super-Resolution Using Pixel Attention", ECCV Workshops 2020, sec. 3:
self-calibrated blocks with pixel attention, nearest up-sampling with attention behind it, and a
bilinear global skip.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, leaky_relu

SLOPE = 0.2  # of the leaky ReLU


class PAN(nn.Module):
    """Map a small colour image (N, 3, h, w) in [0, 1] to (N, 3, scale * h, scale * w), not clipped.

    `scale` is 2 or 4. There are `blocks` blocks of `width` features, and `width_up` features behind
    an enlargement.
    """

    def __init__(self, *, scale: int, width: int, width_up: int, blocks: int) -> None:
        super().__init__()
        self.scale = scale
        self.entry = nn.Conv2d(3, width, 3, padding=1)
        self.blocks = nn.ModuleList(_block(width) for _ in range(blocks))
        self.exit = nn.Conv2d(width, width, 3, padding=1)
        widths = {"1": width, "2": width_up}  # as in the published weights
        steps = {2: "1", 4: "12"}[scale]
        self.enlarge = nn.ModuleDict({step: _enlargement(widths[step], width_up) for step in steps})
        self.last = nn.Conv2d(width_up, 3, 3, padding=1)

    def forward(self, image: Tensor) -> Tensor:
        first = features = self.entry(image)
        for block in self.blocks:
            features = _calibrated(block, features)
        features = first + self.exit(features)
        for step in self.enlarge.values():
            features = step["up"](interpolate(features, scale_factor=2, mode="nearest"))
            gated = features * torch.sigmoid(step["gate"](features))
            features = leaky_relu(step["conv"](leaky_relu(gated, SLOPE)), SLOPE)
        skip = interpolate(image, scale_factor=self.scale, mode="bilinear", align_corners=False)
        return self.last(features) + skip


def _calibrated(block: nn.ModuleDict, features: Tensor) -> Tensor:
    plain = leaky_relu(block["conv1_a"](features), SLOPE)
    gated = leaky_relu(block["conv1_b"](features), SLOPE)
    plain = leaky_relu(block["k1"](plain), SLOPE)
    gated = block["k3"](gated) * torch.sigmoid(block["k2"](gated))
    gated = leaky_relu(block["k4"](gated), SLOPE)
    return block["conv3"](torch.cat([plain, gated], dim=1)) + features


def _block(width: int) -> nn.ModuleDict:
    half = width // 2
    layers: dict[str, nn.Module] = {
        name: nn.Conv2d(half, half, 3, padding=1, bias=False) for name in ("k1", "k3", "k4")
    }
    for name in ("conv1_a", "conv1_b"):
        layers[name] = nn.Conv2d(width, half, 1, bias=False)
    layers["k2"] = nn.Conv2d(half, half, 1)
    layers["conv3"] = nn.Conv2d(width, width, 1, bias=False)
    return nn.ModuleDict(layers)


def _enlargement(source: int, width: int) -> nn.ModuleDict:
    up, conv = nn.Conv2d(source, width, 3, padding=1), nn.Conv2d(width, width, 3, padding=1)
    return nn.ModuleDict({"up": up, "gate": nn.Conv2d(width, width, 1), "conv": conv})
