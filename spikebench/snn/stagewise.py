"""Calibration of one layer after the other, each on the spikes that the layers before it send."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from spikebench.snn.calibrate import Calibration
from spikebench.snn.graph import Site
from spikebench.snn.network import Network
from spikebench.snn.neurons import Neuron
from spikebench.snn.simulate import simulate

BATCH = 16  # patches simulated at once


def mean_output(network: Network, calibration: Calibration, site: Site, timesteps: int) -> Tensor:
    """Return the mean over time of what a site sends on the patches, (N, C, h, w).

    All sites before it have their neurons; those behind it are not run.
    """
    until = _until(network, site)
    parts = calibration.patches.split(BATCH)
    return torch.cat([next(simulate(until, part, [timesteps])).output for part in parts])


def activation_gap(
    network: Network, calibration: Calibration, site: Site, timesteps: int
) -> Tensor:
    """Return what a site's mean output lacks of the ANN's activation, by channel (1, C, 1, 1)."""
    lacking = calibration.activation(site) - mean_output(network, calibration, site, timesteps)
    return lacking.mean(dim=(0, 2, 3), keepdim=True)


def currents(network: Network, patches: Tensor, site: Site, timesteps: int) -> Tensor:
    """Return what enters a site at each step, (T, N, C, h, w): T times an activation's memory."""
    until, microphone = _until(network, site), Microphone(torch.tensor(1.0))
    until.neurons[site.name] = microphone
    next(simulate(until, patches, [timesteps]))
    return torch.stack(microphone.heard)


@dataclass
class Microphone(Neuron):
    """Keeps every current and sends nothing."""

    heard: list[Tensor] = field(default_factory=list)

    def step(self, state, current, step, out=None):
        self.heard.append(current.clone())
        return torch.zeros_like(current), torch.zeros_like(current, dtype=torch.bool)


def _until(network: Network, site: Site) -> Network:
    """Return the part of a network that ends at a site; its neurons are the same objects."""
    until = Network(network.graph.until(site.name))
    names = [s.name for s in until.graph.sites]
    until.neurons = {name: network.neurons[name] for name in names if name in network.neurons}
    return until
