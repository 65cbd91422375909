"""Networks with analogue nodes, stage after stage: limits, prefixes, latency, counts."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from spikebench.snn import IF, Relay, load_method, simulate
from spikebench.snn.engine.ann_counts import count_ann
from spikebench.spike_kinds import SpikeKind
from tests.snn.nets import Net, conv, image, spiking


def gated(net: Net, x: torch.Tensor) -> torch.Tensor:
    """A channel gate: sigmoid of a convolution of the mean; then another stage, and a skip."""
    hidden = F.relu(net.a(x))
    gate = torch.sigmoid(net.b(hidden.mean(dim=(2, 3), keepdim=True)))
    return net.c(F.relu(net.d(hidden * gate))) + x


def normalised(net: Net, x: torch.Tensor) -> torch.Tensor:
    """Two analogue nodes, one stage further each, the last one at the very end."""
    return torch.tanh(net.c(net.norm(F.relu(net.a(x)))))


NETS = {"gate": gated, "norm": normalised}
MACS = {"gate": 5 * 6 * 2, "norm": 5 * 6 * 2 * 3}  # a product; mean, variance and scale
SPECIAL = {"gate": 2, "norm": 1 + 5 * 6}  # a sigmoid for each channel; a root, and tanh
STAGES_WITH_NEURONS = 2


def network(name: str) -> nn.Module:
    torch.manual_seed(0)
    layers = {"a": conv(1, 2), "b": conv(2, 2, 1), "c": conv(2, 1), "d": conv(2, 2)}
    layers["a"].bias.data.fill_(0.3)
    return Net(NETS[name], **layers, norm=nn.GroupNorm(1, 2)).double().eval()


@pytest.mark.parametrize("name", NETS)
def test_it_reaches_the_ann(name):
    net, picture = network(name), image(5, 6)
    few, many = (
        (r.output - net(picture)).abs().max()
        for r in simulate(spiking(net, IF, theta=4.0), picture, [16, 1024])
    )
    assert many < few / 16


@pytest.mark.parametrize("name", NETS)
def test_each_t_of_a_grid_is_a_run_of_its_own(name):
    converted, picture = spiking(network(name), Relay, theta=0.5), image(5, 6)
    for recording in simulate(converted, picture, [1, 3, 4]):
        (alone,) = simulate(converted, picture, [recording.timesteps])
        assert torch.equal(recording.output, alone.output)
        assert (recording.layers, recording.state_ops) == (alone.layers, alone.state_ops)


@pytest.mark.parametrize("name", NETS)
def test_latencies_add_up_and_analogue_nodes_are_charged_once(name):
    net, picture = network(name), image(5, 6)
    converted = spiking(net, IF, theta=0.5)
    _, ann = count_ann(converted.graph, picture)
    for recording in simulate(converted, picture, [1, 4]):
        assert recording.latency_steps == STAGES_WITH_NEURONS * recording.timesteps
        nodes = [layer for layer in recording.layers if layer.is_node]
        assert all(layer.input_kind is SpikeKind.ANALOGUE for layer in nodes)
        assert sum(layer.macs_cached for layer in nodes) == MACS[name]
        assert sum(layer.macs_streaming for layer in nodes) == MACS[name]
        assert sum(layer.special_ops for layer in nodes) == SPECIAL[name]
        assert [layer.layer for layer in recording.layers] == list(ann.layers)
    assert sum(ann.layers[layer.layer].macs_dense for layer in nodes) == MACS[name]
    assert sum(ann.special_ops.values()) == SPECIAL[name]


def test_neurons_and_spikes_of_all_stages_are_counted():
    heard = []
    converted, picture = spiking(network("gate"), IF, theta=0.5), image(5, 6)
    (recording,) = simulate(converted, picture, [3], heard.append)
    assert [firing.site for firing in heard[::3]] == [s.name for s in converted.graph.sites]
    assert recording.neurons == sum(f.number.numel() for f in heard[::3])
    assert recording.spikes == sum(int(f.number.int().abs().sum()) for f in heard)


@pytest.mark.parametrize("name", ["percentile_norm", "dcgs", "spikingir", "srp", "cos"])
def test_methods_convert_it_unchanged(name):
    """Also those with phases of their own: a bias phase, a reuse pass, a rehearsal."""
    net, picture, patches = network("gate").float(), image(8, 9).float(), image(4, 1, 8, 8).float()
    method = load_method(Path(f"methods/{name}.py"))
    (recording,) = simulate(method.apply(net, patches, (32,)), picture, [32])
    assert (recording.output - net(picture)).square().mean().sqrt() < 0.05


def test_biases_of_a_phase_that_is_not_read_are_in_what_settles():
    """A current that neurons and a gate read, by a method that presents biases once, unread."""

    def compute(net, x):
        hidden = net.d(F.relu(net.a(x)))
        return net.c(hidden * torch.sigmoid(net.b(hidden)))

    net, picture = network("gate"), image(8, 9).float()
    net._compute = compute
    net.d.bias.data.fill_(0.5)
    net.float()
    method = load_method(Path("methods/dcgs.py"))
    converted = method.apply(net, image(4, 1, 8, 8).float(), (64,))
    (recording,) = simulate(converted, picture, [64])
    assert (recording.output - net(picture)).abs().max() < 1e-3
