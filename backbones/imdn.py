"""IMDN: blocks that set a part of their features aside at each step and weigh channels at the end.

Hui et al., "Lightweight Image Super-Resolution with Information Multi-distillation Network", ACM
Multimedia 2019, sec. 3: information multi-distillation blocks with contrast-aware channel
attention, whose outputs are joined, and one pixel shuffle.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

SLOPE = 0.05  # of the leaky ReLU
REDUCTION = 16  # of the channels inside the attention


class IMDN(nn.Module):
    """Map a small colour image (N, 3, h, w) in [0, 1] to (N, 3, scale * h, scale * w), not clipped.

    There are `blocks` blocks of `width` features; a quarter of them is set aside at each step.
    """

    def __init__(self, *, scale: int, width: int, blocks: int) -> None:
        super().__init__()
        self.distilled, self.left = width // 4, width - width // 4
        self.entry = nn.Conv2d(3, width, 3, padding=1)
        numbers = map(str, range(1, blocks + 1))  # as in the published weights
        self.blocks = nn.ModuleDict({number: _block(width) for number in numbers})
        self.join = nn.Conv2d(blocks * width, width, 1)
        self.exit = nn.Conv2d(width, width, 3, padding=1)
        self.enlarge = nn.Sequential(
            nn.Conv2d(width, 3 * scale**2, 3, padding=1), nn.PixelShuffle(scale)
        )

    def forward(self, image: Tensor) -> Tensor:
        features = first = self.entry(image)
        kept = []
        for block in self.blocks.values():
            features = self._distil(block, features)
            kept.append(features)
        joined = leaky_relu(self.join(torch.cat(kept, dim=1)), SLOPE)
        return self.enlarge(self.exit(joined) + first)

    def _distil(self, block: nn.ModuleDict, features: Tensor) -> Tensor:
        aside, rest = [], features
        for step in ("c1", "c2", "c3"):
            found = leaky_relu(block[step](rest), SLOPE)
            part, rest = torch.split(found, (self.distilled, self.left), dim=1)
            aside.append(part)
        joined = torch.cat([*aside, block["c4"](rest)], dim=1)
        return block["c5"](joined * block["gate"](_contrast(joined))) + features


def _contrast(features: Tensor) -> Tensor:
    """Return mean plus standard deviation of each channel over the image, (N, C, 1, 1)."""
    mean = features.mean(dim=(2, 3), keepdim=True)
    return (features - mean).square().mean(dim=(2, 3), keepdim=True).sqrt() + mean


def _block(width: int) -> nn.ModuleDict:
    left = width - width // 4
    steps = {"c1": width, "c2": left, "c3": left}
    layers: dict[str, nn.Module] = {
        name: nn.Conv2d(source, width, 3, padding=1) for name, source in steps.items()
    }
    inner = width // REDUCTION
    layers["c4"] = nn.Conv2d(left, width // 4, 3, padding=1)
    layers["c5"] = nn.Conv2d(width, width, 1)
    layers["gate"] = nn.Sequential(
        nn.Conv2d(width, inner, 1), nn.ReLU(), nn.Conv2d(inner, width, 1), nn.Sigmoid()
    )
    return nn.ModuleDict(layers)
