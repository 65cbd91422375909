"""Three networks in small, and the image and the training patches they see."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import relu


def _conv(source: int, target: int) -> nn.Conv2d:
    return nn.Conv2d(source, target, 3, padding=1)


class Plain(nn.Module):
    """Three convolutions with ReLU between them."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(_conv(1, 3), nn.ReLU(), _conv(3, 4), nn.ReLU(), _conv(4, 1))

    def forward(self, image: Tensor) -> Tensor:
        return self.body(image)


class Residual(nn.Module):
    """A residual block whose result is concatenated with its input, and a skip from the image.

    Nothing activates the fusion, so a relay stands behind it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.entry, self.first, self.second = _conv(1, 3), _conv(3, 3), _conv(3, 3)
        self.fusion, self.exit = nn.Conv2d(6, 3, 1), _conv(3, 1)

    def forward(self, image: Tensor) -> Tensor:
        features = relu(self.entry(image))
        block = relu(self.second(relu(self.first(features))) + features)
        return image + self.exit(self.fusion(torch.cat([features, block], dim=1)))


class Upscaling(nn.Module):
    """Pixel shuffle of spikes to twice the size, with a convolution behind it."""

    def __init__(self) -> None:
        super().__init__()
        grow = [_conv(4, 8), nn.ReLU(), nn.PixelShuffle(2)]
        self.body = nn.Sequential(_conv(1, 4), nn.ReLU(), *grow, _conv(2, 1))

    def forward(self, image: Tensor) -> Tensor:
        return self.body(image)


NETS: dict[str, Callable[[], nn.Module]] = {
    "plain": Plain,
    "residual": Residual,
    "pixel shuffle": Upscaling,
}


def build(name: str) -> nn.Module:
    """Return a network of `NETS` with the same random weights every time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return NETS[name]().eval()


def picture() -> Tensor:
    """Return an image (1, 1, 7, 6) of uniform noise in [0, 1)."""
    return torch.rand(1, 1, 7, 6, generator=torch.Generator().manual_seed(0))


def patches() -> Tensor:
    """Return calibration patches (4, 1, 8, 8) of uniform noise in [0, 1)."""
    return torch.rand(4, 1, 8, 8, generator=torch.Generator().manual_seed(1))
