"""The simulators that spikebench is compared with, each in a module of its own.

A module has `MODES`, how it can be run; `spiking(theta, mode)`, its integrate-and-fire neuron with
soft reset, sending theta; and `restore(network, image, timesteps, mode)`, the mean output
(N, C, H, W) of a network that starts at rest.
"""

from importlib import import_module
from types import ModuleType

from torch import nn

RIVALS = ("spikingjelly", "snntorch", "sinabs")


def rival(name: str) -> ModuleType:
    """Import the module of a rival; its library must be installed."""
    return import_module(f"benchmarks.rivals.{name}")


def place_neurons(
    backbone: nn.Module, simulator: ModuleType, thetas: list[float], mode: str
) -> None:
    """Replace each ReLU, in place and in order, by the simulator's neuron with its threshold."""
    sites = [(parent, name) for parent in backbone.modules() for name, _ in _activations(parent)]
    for (parent, name), theta in zip(sites, thetas, strict=True):
        setattr(parent, name, simulator.spiking(theta, mode))


def _activations(parent: nn.Module) -> list[tuple[str, nn.Module]]:
    return [item for item in parent.named_children() if isinstance(item[1], nn.ReLU)]
