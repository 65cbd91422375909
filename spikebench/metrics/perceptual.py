"""LPIPS: how far two images are apart as a trained network sees them (Zhang et al., CVPR 2018).

The package `lpips` brings the small weights that are its own. Importing it loads torchvision, which
takes a job longer than most images: for AlexNet its weights are read, and none of its code is run.
The tests compare both. SqueezeNet runs in the package's network.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.metrics.alexnet import LAYERS, activations, read_official, read_packaged
from spikebench.metrics.trunks import TRUNKS, Trunk, packaged_path, verified

# The ScalingLayer of `lpips`: from values in [-1, 1] to those that ImageNet's networks expect
SHIFT, SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)
TINY = 1e-10  # in `lpips.normalize_tensor`

Look = list[Tensor]  # what a trunk sees of an image: features (1, C, h, w) of each layer


@dataclass(frozen=True)
class _Network:
    """`trunk` gives the layers of a scaled image; `weights` (C, 1, 1) says what each is worth."""

    trunk: Callable[[Tensor], Iterable[Tensor]]
    weights: list[Tensor]


def sees(trunk: Trunk, height: int, width: int) -> bool:
    """Return whether an image of these sides leaves something in every layer of the trunk."""
    return min(height, width) >= TRUNKS[trunk].least_side


def look(image: Tensor, trunk: Trunk) -> Look:
    """Return what the trunk sees of an image (1, C, H, W) in [0, 1], C being 3 or 1.

    Grey, or luminance alone, is repeated on three channels. An image that is compared with several
    is looked at once. Raises `BenchError` where the trunk is missing or not the right file.
    """
    network = _network(trunk)
    with torch.inference_mode():
        scaled = image.expand(1, 3, -1, -1) * 2 - 1
        scaled = (scaled - _channels(SHIFT)) / _channels(SCALE)
        return [_unit(layer) for layer in network.trunk(scaled)]


def distance(restored: Look, target: Look, trunk: Trunk) -> float:
    """Return the LPIPS distance of two images of equal sides by what `trunk` sees: at least 0."""
    with torch.inference_mode():
        layers = zip(restored, target, _network(trunk).weights, strict=True)
        return float(sum(((a - b).square() * w).sum(1).mean() for a, b, w in layers))


def _channels(values: tuple[float, ...]) -> Tensor:
    return torch.tensor(values)[:, None, None]


def _unit(layer: Tensor) -> Tensor:
    return layer / (layer.square().sum(1, keepdim=True).sqrt() + TINY)


@cache
def _network(trunk: Trunk) -> _Network:
    file = verified(trunk)
    if trunk == "squeeze":
        return _of_the_package(trunk)
    kernels = read_packaged(file) if packaged_path(trunk) else read_official(file)
    return _Network(lambda image: activations(image, kernels), _weights(trunk, LAYERS))


def _weights(trunk: Trunk, layers: int) -> list[Tensor]:
    """Read the weights of the package `lpips`, version 0.1 of the metric, one (C, 1, 1) a layer."""
    spec = find_spec("lpips")
    if spec is None or spec.origin is None:
        raise BenchError("The package lpips is not installed. pip install lpips==0.1.4.")
    file = Path(spec.origin).parent / f"weights/v0.1/{trunk}.pth"
    state = torch.load(file, map_location="cpu", weights_only=True)
    return [state[f"lin{layer}.model.1.weight"][0] for layer in range(layers)]


def _of_the_package(trunk: Trunk) -> _Network:
    """Return the package's own network; it takes the verified file from torch.hub's folder."""
    from spikebench.metrics.torchvision_compat import declare_missing_operators

    declare_missing_operators()
    import lpips  # loads torchvision, which takes seconds

    whole = lpips.LPIPS(net=trunk, verbose=False).eval()
    return _Network(whole.net, [line.model[-1].weight[0] for line in whole.lins])
