"""Every count of small random networks of every kind of layer equals a loop, exactly."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from spikebench.conformance.alphabet import multiplicity
from spikebench.conformance.events import routed_synops, synops
from spikebench.conformance.listen import overheard_run
from spikebench.snn import IF, Burst, Network, Relay, SignedIF
from spikebench.snn.engine.ann_counts import count_ann
from spikebench.snn.graph.forward import run_ann
from spikebench.snn.graph.nodes import Kind
from spikebench.spike_kinds import SpikeKind
from tests.snn.nets import Net, conv, image

NEURONS = st.sampled_from([IF, SignedIF, Burst])
geometries = st.fixed_dictionaries(
    {
        "kernel_size": st.tuples(st.integers(2, 3), st.integers(1, 2)),
        "stride": st.integers(1, 2),
        "padding": st.tuples(st.just(1), st.integers(0, 1)),
        "dilation": st.integers(1, 2),
        "groups": st.sampled_from([1, 2]),
    }
)


def behind(*layers: nn.Module) -> nn.Module:
    """Return a network whose last layers read the spikes of 4 channels."""
    return nn.Sequential(conv(1, 4), nn.ReLU(), *layers)


def concatenated(net, x):
    hidden = net.relu(net.a(x))
    return net.c(torch.cat([hidden, net.relu(net.b(hidden))], dim=1))


def recurrent(net, x):
    """One convolution, called twice, with a sum of two sources of spikes in between."""
    first = net.relu(net.a(x))
    second = net.relu(net.b(first)) + first
    return net.c(net.relu(net.b(second)))


def interpolated(mode: str):
    def compute(net, x):
        grown = nn.functional.interpolate(net.relu(net.a(x)), scale_factor=2, mode=mode)
        return net.c(grown)

    return compute


def net(compute, **layers: nn.Module) -> nn.Module:
    """Return a network of convolutions a, b and c, 1 -> 3 -> 3 -> 2 channels unless given."""
    given = {"a": conv(1, 3), "b": conv(3, 3), "c": conv(3, 2), "relu": nn.ReLU()} | layers
    return Net(compute, **given)


KINDS = {
    "conv": lambda geometry: behind(nn.Conv2d(4, 4, **geometry)),
    "transposed": lambda geometry: behind(nn.ConvTranspose2d(4, 4, **geometry)),
    "linear": lambda _: behind(nn.Flatten(), nn.Linear(48, 5)),
    "concat": lambda _: net(concatenated, c=conv(6, 2)),
    "pixel shuffle": lambda _: behind(nn.PixelShuffle(2), conv(1, 3)),
    "nearest": lambda _: net(interpolated("nearest")),
    "relay": lambda _: net(interpolated("bilinear")),
    "recurrence": lambda _: net(recurrent),
}


def build(kind: str, geometry: dict, neuron: type, seed: int) -> Network:
    torch.manual_seed(seed)
    network = Network.of(KINDS[kind](geometry))
    for site in network.graph.sites:
        placed = neuron if site.role == "activation" else Relay
        network.place(site, placed(torch.tensor(0.2)))
    return network


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=4)
@given(geometries, NEURONS, st.integers(0, 2**16), st.integers(1, 4))
def test_synops_macs_and_state_operations_equal_a_loop(kind, geometry, neuron, seed, steps):
    network, picture = build(kind, geometry, neuron, seed), image(1, 1, 4, 3, seed=seed).float()
    graph = network.graph
    recording, trains = overheard_run(network, picture, steps)
    sent = {
        site: sum(multiplicity(firing.number, "binary") for firing in train.firings)
        for site, train in trains.items()
    }
    assert recording.spikes == sum(int(spikes.sum()) for spikes in sent.values())
    _, ann = count_ann(graph, picture)
    for layer in recording.layers:
        node, dense = graph[layer.layer], ann.layers[layer.layer].macs_dense
        if node.inputs[0] in graph.driven:
            assert layer.synops == routed_synops(graph, node, sent)
            assert layer.macs_cached == layer.macs_streaming == 0
        else:
            assert layer.input_kind is SpikeKind.ANALOGUE
            assert (layer.macs_cached, layer.macs_streaming) == (dense, steps * dense)
    assert recording.state_ops == state_operations(network, picture, steps)


def state_operations(network: Network, picture: torch.Tensor, steps: int) -> int:
    """Biases and sums once where nothing changes or all is linear, else at every step; neurons."""
    graph, total = network.graph, 0

    def add(node, inputs, value):
        nonlocal total
        passes = steps if node.name in graph.driven - graph.tail else 1
        if node.kind is Kind.SYNAPSE:
            total += passes * value.numel() * (node.module.bias is not None)
        elif node.kind is Kind.SITE:
            total += steps * value.numel() * network.neurons[node.name].state_ops
        elif node.kind is Kind.WIRING:
            total += passes * value.numel() * node.adds

    run_ann(graph, picture, observe=add)
    return total


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=3)
@given(geometries, st.integers(0, 2**16))
def test_effective_macs_equal_a_loop_over_non_zero_activations(kind, geometry, seed):
    graph, picture = build(kind, geometry, IF, seed).graph, image(1, 1, 4, 3, seed=seed).float()
    picture[..., :2] = 0.0
    _, counts = count_ann(graph, picture)

    def check(node, inputs, value):
        if node.kind is Kind.SYNAPSE:
            expected = synops(node.module, inputs[0] != 0)
            assert counts.layers[node.name].macs_effective == expected

    run_ann(graph, picture, observe=check)
