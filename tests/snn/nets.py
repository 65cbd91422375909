"""Networks in small and what a test needs to drive them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from spikebench.ann.architecture import construct
from spikebench.snn import IF, Network, Neuron, Relay


class Net(nn.Module):
    """A network written as a function of its layers: `Net(lambda net, x: net.a(x), a=conv())`."""

    def __init__(self, compute: Callable[["Net", Tensor], Tensor], **layers: nn.Module) -> None:
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name, layer)
        self._compute = compute

    def forward(self, image: Tensor) -> Tensor:
        return self._compute(self, image)


def conv(source: int = 1, target: int = 1, size: int = 3, **geometry) -> nn.Conv2d:
    """Return a convolution that keeps height and width unless `geometry` says otherwise."""
    return nn.Conv2d(source, target, size, **{"padding": size // 2} | geometry)


def chain(*, bias: bool = True) -> nn.Module:
    """Return conv, ReLU, conv, ReLU, conv with 3 and 4 hidden channels."""
    widths = [(1, 3), (3, 4), (4, 1)]
    first, second, third = (conv(a, b, bias=bias) for a, b in widths)
    return nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), third)


def dncnn() -> nn.Module:
    return construct(Path("backbones/dncnn.py"), {"depth": 4, "width": 5})


def espcn() -> nn.Module:
    return construct(Path("backbones/espcn.py"), {"scale": 2, "depth": 3, "width": 4})


def spiking(
    module: nn.Module,
    neuron: Callable[..., Neuron] = IF,
    *,
    theta: float = 0.25,
    dtype: torch.dtype = torch.float64,
    **options,
) -> Network:
    """Convert the module: `neuron(theta)` at every activation, a relay wherever one stands."""
    network = Network.of(module)
    for site in network.sites:
        network.place(site, neuron(torch.tensor(theta), **options))
    for site in network.relays:
        network.place(site, Relay(torch.tensor(theta)))
    return network.to(dtype)


def image(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> Tensor:
    """Return uniform noise in [0, 1), shape (N, C, H, W) or (1, 1, H, W) for two numbers."""
    shape = shape if len(shape) == 4 else (1, 1, *shape)
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


@dataclass(frozen=True)
class Scripted(Neuron):
    """Fires a given train (T, N, C, H, W) of spike numbers, whatever arrives."""

    train: Tensor | None = None

    def fire(self, u, state, step):
        return self.train[step.time - 1]
