"""Calibration of the weights before a site, on what the layers before it send."""

import torch
from torch import Tensor

from spikebench.snn.calibration.activations import Calibration
from spikebench.snn.calibration.layerwise import mean_output
from spikebench.snn.graph.layer import Layer
from spikebench.snn.graph.nodes import Graph, Kind, Site
from spikebench.snn.graph.synapse import Synapse
from spikebench.snn.model.network import Network


def calibrate_weights(
    network: Network,
    calibration: Calibration,
    site: Site,
    timesteps: int,
    *,
    passes: int,
    batch: int,
    rate: float,
) -> None:
    """Fit the weights before `site` so that its spikes come near the ANN's activation, in place.

    Of the synapses before it, those that lead to no earlier site are fitted; none may be left.
    Adam with a cosine schedule on the squared error of the quantised mean current, the rounding
    passed straight through; there are `passes` over the patches. The network's weights must be its
    own (`Graph.with_own_weights`).
    """
    layer = Layer.before(network.graph, site)
    sent = {
        source.name: mean_output(network, calibration, source, timesteps)
        for source in network.graph.sites
        if source.name in layer.sources
    }
    neuron, target = network.neurons[site.name], calibration.activation(site)
    synapses = new_synapses(network.graph, site)
    if not synapses:  # as at the second side of a leaky ReLU, whose currents are the first one's
        return
    weights: list[Tensor] = [synapse.weight.requires_grad_() for synapse in synapses]
    optimiser = torch.optim.Adam(weights, lr=rate)
    turns = passes * list(torch.arange(len(target), device=target.device).split(batch))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, len(turns))
    for rows in turns:
        z = layer(calibration.patches[rows], {name: value[rows] for name, value in sent.items()})
        error = _staircase(z + neuron.shift, neuron.theta, timesteps) - target[rows]
        descend(optimiser, weights, error.square().sum(dim=1).mean())
        schedule.step()


def new_synapses(graph: Graph, site: Site) -> list[Synapse]:
    """Return the synapses that lead to this site and to no earlier one."""
    earlier = graph.sites[: graph.sites.index(site)]
    known = {node.name for other in earlier for node in Layer.before(graph, other).nodes}
    nodes = Layer.before(graph, site).nodes
    return [n.synapse for n in nodes if n.kind is Kind.SYNAPSE and n.name not in known]


def _staircase(z: Tensor, theta: Tensor, levels: int) -> Tensor:
    """Return theta/levels * floor(clip(z * levels/theta, 0, levels)), floor with gradient 1."""
    unit = theta / levels
    count = (z / unit).clamp(0, levels)
    return (count + (count.floor() - count).detach()) * unit


def descend(optimiser: torch.optim.Optimizer, weights: list[Tensor], loss: Tensor) -> None:
    """Move the weights by one step of the optimiser along the gradient of a loss."""
    gradients = torch.autograd.grad(loss, weights)
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.grad = gradient
    optimiser.step()
