"""CARN-M: cascades of residual blocks with grouped convolutions, for small super-resolution.

Ahn et al., "Fast, Accurate, and Lightweight Super-Resolution with Cascading Residual Network",
ECCV 2018, sec. 3. A cascade hands the outputs of all its stages to a 1x1 convolution after each
stage. Its stages are three cascades, whose stages are one residual block run three times.
"""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

MEAN = (0.4488, 0.4371, 0.4040)  # red, green, blue of DIV2K
STAGES = ("1", "2", "3")  # as the layers of the published weights are numbered


class CARN(nn.Module):
    """Map a small colour image (N, 3, h, w) in [0, 1] to (N, 3, scale * h, scale * w), not clipped.

    `scale` is 2, 3 or 4. There are `width` features; the 3x3 convolutions between them have
    `groups` groups.
    """

    def __init__(self, *, scale: int, width: int, groups: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)
        self.entry = nn.Conv2d(3, width, 3, padding=1)
        self.residuals = nn.ModuleDict({stage: _residual(width, groups) for stage in STAGES})
        self.inner = nn.ModuleDict({stage: _fusions(width) for stage in STAGES})
        self.outer = _fusions(width)
        self.enlarge = _enlargement(scale, width, groups)
        self.exit = nn.Conv2d(width, 3, 3, padding=1)

    def forward(self, image: Tensor) -> Tensor:
        stages = [self._stage(stage) for stage in STAGES]
        deep = _cascade(stages, self.outer.values(), self.entry(image - self.mean))
        return self.exit(self.enlarge(deep)) + self.mean

    def _stage(self, stage: str) -> Callable[[Tensor], Tensor]:
        def residual(features: Tensor) -> Tensor:
            return relu(self.residuals[stage](features) + features)

        return lambda features: _cascade([residual] * 3, self.inner[stage].values(), features)


def _cascade(
    stages: Iterable[Callable[[Tensor], Tensor]], fusions: Iterable[nn.Module], features: Tensor
) -> Tensor:
    kept = features  # (N, width, h, w), and width more channels after every stage
    for stage, fusion in zip(stages, fusions, strict=True):
        kept = torch.cat([kept, stage(features)], dim=1)
        features = fusion(kept)
    return features


def _residual(width: int, groups: int) -> nn.Sequential:
    first, second = (nn.Conv2d(width, width, 3, padding=1, groups=groups) for _ in range(2))
    return nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), nn.Conv2d(width, width, 1))


def _fusions(width: int) -> nn.ModuleDict:
    joined = {stage: nn.Conv2d((int(stage) + 1) * width, width, 1) for stage in STAGES}
    return nn.ModuleDict({k: nn.Sequential(layer, nn.ReLU()) for k, layer in joined.items()})


def _enlargement(scale: int, width: int, groups: int) -> nn.Sequential:
    """Return one convolution and pixel shuffle for scale 2 or 3, two of scale 2 for scale 4."""
    layers: list[nn.Module] = []
    for factor in {2: [2], 3: [3], 4: [2, 2]}[scale]:
        grown = nn.Conv2d(width, factor**2 * width, 3, padding=1, groups=groups)
        layers += [grown, nn.ReLU(), nn.PixelShuffle(factor)]
    return nn.Sequential(*layers)
