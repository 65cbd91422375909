"""One site, and what a neuron there is said to send."""

from dataclasses import replace

import torch
from torch import nn

from spikebench.snn import Network
from spikebench.training.finetune.activations.activation import Activation
from spikebench.training.finetune.network import Tunable
from tests.snn.nets import conv

THETA = 0.3


def tunable(module: nn.Module) -> Tunable:
    network = Network.of(module)
    theta = torch.full((1, 1, 1, 1), THETA)
    return Tunable(network.graph, {site.name: theta for site in network.graph.sites})


def sent(
    activation: Activation, value: float, choice: int, role: str = "activation"
) -> tuple[float, float]:
    """Return value and spikes that one neuron sends on a constant current."""
    network = tunable(torch.nn.Sequential(conv(), torch.nn.ReLU(), conv()))
    send = activation.sender(network, torch.zeros(1, 1, 4, 4), choice)
    site = replace(network.graph.sites[0], role=role)
    found = send(site, torch.full((1, 1, 1, 1), value))
    return found.value.item(), found.spikes.item()
