"""Calibration of one layer after the other, each on the spikes that the layers before it send.

What a site sent on the patches is kept with the calibration until something before it changes, and
played again to the layer behind it: each question costs the simulation of one layer.
"""

from dataclasses import replace
from hashlib import blake2b

import torch
from torch import Tensor

from spikebench.snn.calibration.activations import Calibration
from spikebench.snn.calibration.recorded import SpikeTrain, numbers_of
from spikebench.snn.engine.observe import Firing
from spikebench.snn.engine.simulate import simulate
from spikebench.snn.graph.layer import Layer
from spikebench.snn.graph.nodes import Graph, Kind, Site
from spikebench.snn.model.network import Network
from spikebench.snn.model.neuron import Neuron
from spikebench.snn.model.neurons import IF

BATCH = 16  # patches simulated at once
UNHEARD = IF(torch.tensor(1.0))  # stands at the end of a stage whose currents alone are wanted


def mean_output(network: Network, calibration: Calibration, site: Site, timesteps: int) -> Tensor:
    """Return the mean over time of what a site sends on the patches, (N, C, h, w).

    It and all sites before it have their neurons; those behind it are not run.
    """
    return _spike_train(network, calibration, site, timesteps).mean()


def activation_gap(
    network: Network, calibration: Calibration, site: Site, timesteps: int
) -> Tensor:
    """Return what a site's mean output lacks of the ANN's activation, by channel (1, C, 1, 1)."""
    lacking = calibration.activation(site) - mean_output(network, calibration, site, timesteps)
    return lacking.mean(dim=(0, 2, 3), keepdim=True)


def sent_before(
    network: Network, calibration: Calibration, site: Site, timesteps: int
) -> dict[str, Tensor]:
    """Return what the sources of a site send at each step on the patches, (T, N, C, h, w)."""
    wanted = Layer.before(network.graph, site).sources
    trains = {
        source.name: _spike_train(network, calibration, source, timesteps)
        for source in network.graph.sites
        if source.name in wanted
    }
    return {name: torch.stack(train.values()) for name, train in trains.items()}


def layer_currents(
    network: Network, calibration: Calibration, site: Site, timesteps: int, count: int
) -> Tensor:
    """Return what enters a site at each step on the first `count` patches, (T, N, C, h, w)."""
    patches, heard = slice(0, count), []
    neuron = network.neurons.get(site.name, UNHEARD)
    stage = _stage(network, calibration, site, timesteps, patches, neuron)

    def hear(firing: Firing) -> None:
        if firing.site == site.name:
            heard.append(firing.current)

    next(simulate(stage, calibration.patches[patches], [timesteps], hear))
    return torch.stack(heard)


def _spike_train(
    network: Network, calibration: Calibration, site: Site, timesteps: int
) -> SpikeTrain:
    """Return what a site sends, simulated where it was not yet or something before it changed."""
    key = _key(network, site.name, timesteps)
    kept = calibration.spike_trains.get(site.name)
    if kept is not None and kept.key == key:
        return kept
    parts = []
    for start in range(0, len(calibration.patches), BATCH):
        patches = slice(start, start + BATCH)
        stage = _stage(network, calibration, site, timesteps, patches, network.neurons[site.name])
        parts.append(_numbers(stage, calibration.patches[patches], site, timesteps))
    numbers = [torch.cat(steps) for steps in zip(*parts, strict=True)]
    _forget(network.graph, calibration, site)
    calibration.spike_trains[site.name] = SpikeTrain(key, network.neurons[site.name].theta, numbers)
    return calibration.spike_trains[site.name]


def _numbers(stage: Network, patches: Tensor, site: Site, timesteps: int) -> list[Tensor]:
    """Return the numbers (N, C, h, w) that the last site of a stage sends at each step."""
    numbers: list[Tensor] = []

    def hear(firing: Firing) -> None:
        if firing.site == site.name:
            numbers.append(numbers_of(firing))

    next(simulate(stage, patches, [timesteps], hear))
    return numbers


def _stage(
    network: Network,
    calibration: Calibration,
    site: Site,
    timesteps: int,
    patches: slice,
    neuron: Neuron,
) -> Network:
    """Return the network of one layer and its neuron: before it, recorded spikes are played."""
    graph = network.graph.at(calibration.patches[patches].shape)
    layer = Layer.before(graph, site)
    image = next(node for node in graph if node.kind is Kind.INPUT)
    sources = [replace(graph[name], inputs=(image.name,)) for name in layer.sources]
    linear = [node for node in layer.nodes if node is not image]
    stage = Network(Graph([image, *sources, *linear, graph[site.name]]))
    for source in stage.graph.sites[:-1]:
        train = _spike_train(network, calibration, source, timesteps)
        stage.neurons[source.name] = train.player(patches)
    stage.neurons[site.name] = neuron
    return stage


def _key(network: Network, site: str, timesteps: int, known: dict[str, str] | None = None) -> str:
    """Return a hash of all that decides what a site sends, apart from the patches."""
    known = {} if known is None else known  # of the sites before it, which others may read as well
    if site in known:
        return known[site]
    layer = Layer.before(network.graph, network.graph[site])
    values, tensors = network.neurons[site].to_record()
    digest = blake2b(repr((timesteps, values, sorted(tensors))).encode())
    weights = [p for node in layer.nodes if node.module for p in node.module.parameters()]
    for tensor in (*(tensors[name] for name in sorted(tensors)), *weights):
        digest.update(tensor.detach().contiguous().cpu().numpy().tobytes())
    for source in layer.sources:
        digest.update(_key(network, source, timesteps, known).encode())
    known[site] = digest.hexdigest()
    return known[site]


def _forget(graph: Graph, calibration: Calibration, site: Site) -> None:
    """Drop what neither this site nor one behind it will read."""
    behind = graph.sites[graph.sites.index(site) :]
    wanted = {name for other in behind for name in Layer.before(graph, other).sources}
    for name in calibration.spike_trains.keys() - wanted:
        del calibration.spike_trains[name]
