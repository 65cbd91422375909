"""The oracle: a chain of layers simulated event by event, as hardware would, in plain PyTorch.

It shares no code with the value engine but the neurons' comparisons (`fire`): potentials are
integrated step by step, each code in the way its hardware decodes.
"""

from dataclasses import dataclass, field

import torch
from torch import nn

from spikebench.snn import Step


@dataclass
class Counted:
    """What the loop found of a whole run."""

    events: int = 0
    synops: int = 0
    state_ops: int = 0
    steps: int = 0
    trains: list[torch.Tensor] = field(default_factory=list)  # (steps, N, C, H, W) of each layer


def slope(currents, unit):
    """Add each current to a slope, and the slope to the potential: the k-th last counts k times."""
    g, potential = torch.zeros_like(currents[0]), torch.zeros_like(currents[0])
    for current in currents:
        g += current
        potential += g
    return potential * unit


def doubling(currents, unit):
    """Double the potential before each current is added (Horner)."""
    potential = torch.zeros_like(currents[0])
    for current in currents:
        potential = 2 * potential + current
    return potential * unit


def adding(currents, unit):
    """Add each current."""
    potential = torch.zeros_like(currents[0])
    for current in currents:
        potential += current
    return potential * unit


def simulate_chain(module: nn.Sequential, neuron, image, integrate) -> tuple[torch.Tensor, Counted]:
    """Return the output of conv, ReLU, conv .. conv with `neuron` at each ReLU, and the counts.

    `neuron` has one threshold for all channels.
    """
    found = Counted()
    layers = [layer for layer in module if isinstance(layer, nn.Conv2d)]
    unit, potential = neuron.theta / neuron.levels, layers[0](image)
    found.state_ops += potential.numel() * (layers[0].bias is not None)
    for layer in layers[1:]:
        train = _emit(neuron, potential, found)
        found.synops += _synops(layer, train)
        currents = [nn.functional.conv2d(s, layer.weight, padding=layer.padding) for s in train]
        potential = integrate(currents, unit) + layer.bias.view(1, -1, 1, 1)
        found.state_ops += potential.numel() * (1 + neuron.window * neuron.cost.listen)
    return potential, found


def _emit(neuron, potential, found: Counted) -> torch.Tensor:
    state, events = neuron.start(potential), []
    for time in range(1, neuron.window + 1):
        events.append(neuron.step(state, potential, Step(time))[1].to(potential.dtype))
    found.steps += neuron.window
    found.events += int(sum(event.abs().sum() for event in events))
    found.state_ops += potential.numel() * (neuron.window * neuron.cost.send + neuron.cost.once)
    found.trains.append(torch.stack(events))
    return found.trains[-1]


def _synops(layer: nn.Conv2d, train: torch.Tensor) -> int:
    """Send every event to its targets."""
    ones = torch.ones_like(layer.weight)
    reached = nn.functional.conv2d(train.flatten(0, 1).abs(), ones, padding=layer.padding)
    return int(reached.sum())
