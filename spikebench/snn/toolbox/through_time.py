"""One layer fitted through its T steps: weights, biases and initial potentials together."""

from itertools import cycle, islice

import torch
from torch import Tensor

from spikebench.snn.calibration.activations import Calibration
from spikebench.snn.calibration.layerwise import sent_before
from spikebench.snn.graph.layer import Layer
from spikebench.snn.graph.nodes import Site
from spikebench.snn.model.network import Network
from spikebench.snn.toolbox.surrogate import mean_spikes
from spikebench.snn.toolbox.weights import descend, new_synapses


def fit_layer(
    network: Network,
    calibration: Calibration,
    site: Site,
    timesteps: int,
    *,
    rounds: int,
    batch: int,
    rate: float,
) -> None:
    """Fit a layer so that the mean of what its IF neurons send comes near the ANN's activation.

    Moved are the weights and biases of the synapses that lead to no earlier site, in place, and
    v(0) by channel, in thresholds. Adam with a cosine schedule on the squared error, over `batch`
    patches in turn, each round through all T steps with the surrogate gradient of
    `spikebench.snn.toolbox.surrogate`. The network's weights must be its own
    (`Graph.with_own_weights`). Wang et al., TNNLS 2025, stage II.
    """
    layer, target = Layer.before(network.graph, site), calibration.activation(site)
    neuron = network.neurons[site.name]
    share = torch.as_tensor(neuron.initial / neuron.theta).expand_as(neuron.theta).clone()
    moved = [share.requires_grad_(), *_parameters(network, site)]
    optimiser = torch.optim.Adam(moved, lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, max(1, rounds))
    turns = torch.arange(len(target), device=target.device).split(batch)
    sent = sent_before(network, calibration, site, timesteps)
    for rows in islice(cycle(turns), rounds):
        # (T, n, C, h, w), folded into the batch for the layer
        steps = {name: value[:, rows].flatten(0, 1) for name, value in sent.items()}
        patches = calibration.patches[rows].repeat(timesteps, 1, 1, 1)
        currents = layer(patches, steps).unflatten(0, (timesteps, len(rows)))
        found = mean_spikes(currents, neuron.theta, neuron.theta * share)
        descend(optimiser, moved, (found - target[rows]).square().sum(dim=1).mean())
        schedule.step()
    for parameter in moved[1:]:
        parameter.requires_grad_(False)
    network.adjust(site, initial=neuron.theta * share.detach())


def _parameters(network: Network, site: Site) -> list[Tensor]:
    synapses = new_synapses(network.graph, site)
    found = [tensor for synapse in synapses for tensor in (synapse.weight, synapse.bias)]
    return [tensor.requires_grad_() for tensor in found if tensor is not None]
