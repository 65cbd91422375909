"""Batch normalisation is folded by execution order, or written as a scale and a shift."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.forward import run_ann
from spikebench.snn.graph.trace import trace
from tests.snn.nets import Net, conv, image


def normalised(channels: int) -> nn.BatchNorm2d:
    """Return a BatchNorm that has seen data: none of its statistics is 0 or 1."""
    norm = nn.BatchNorm2d(channels)
    for values in (norm.running_mean, norm.weight.data, norm.bias.data):
        values.copy_(torch.randn(channels))
    norm.running_var.copy_(torch.rand(channels) + 0.5)
    return norm.eval()


@pytest.mark.parametrize(
    "synapse",
    [
        conv(3, 3),
        nn.ConvTranspose2d(3, 3, 3, stride=2),
        nn.ConvTranspose2d(3, 3, 3, stride=2, groups=3, bias=False),
        conv(3, 3, bias=False),
    ],
    ids=["conv", "transposed", "transposed in groups", "without bias"],
)
def test_a_folded_network_computes_the_same(synapse):
    network = nn.Sequential(conv(1, 3), synapse, normalised(3), nn.ReLU(), conv(3, 1)).double()
    folded = trace(network).module
    assert not any(isinstance(m, nn.BatchNorm2d) for m in _called(folded))
    picture = image(2, 1, 6, 5)
    torch.testing.assert_close(folded(picture), network.eval()(picture))


def test_pairs_are_found_by_execution_not_by_registration():
    """The two norms are registered in the wrong order, as in many residual blocks."""
    layers = {"n2": normalised(2), "n1": normalised(2), "b": conv(2, 2), "a": conv(1, 2)}
    network = Net(lambda net, x: net.n2(net.b(F.relu(net.n1(net.a(x))))), **layers).double()
    picture = image(6, 5)
    torch.testing.assert_close(trace(network).module(picture), network.eval()(picture))


def test_a_synapse_that_is_called_twice_keeps_its_weights_for_the_other_call():
    def compute(net, x):
        return net.shared(F.relu(net.norm(net.shared(x))))

    network = Net(compute, shared=conv(1, 1), norm=normalised(1)).double()
    picture = image(6, 5)
    torch.testing.assert_close(trace(network).module(picture), network.eval()(picture))


@pytest.mark.parametrize(
    "compute",
    [
        lambda net, x: net.a(net.norm(F.relu(net.a(x)))),
        lambda net, x: net.a(net.norm(x)),
        lambda net, x: net.norm(hidden := net.a(x)) + hidden,
    ],
    ids=["behind ReLU", "behind the image", "behind a conv that others read"],
)
def test_a_norm_without_a_convolution_of_its_own_is_a_scale_and_a_shift(compute):
    network, picture = Net(compute, a=conv(), norm=normalised(1)).double().eval(), image(6, 5)
    torch.testing.assert_close(run_ann(compile_graph(network), picture), network(picture))


def test_spikes_behind_a_norm_are_relayed_since_its_shift_is_no_spike():
    network = nn.Sequential(conv(1, 2), nn.ReLU(), normalised(2), conv(2, 1))
    assert [site.role for site in compile_graph(network).sites] == ["activation", "relay"]


def _called(traced: torch.fx.GraphModule) -> list[nn.Module]:
    calls = (node for node in traced.graph.nodes if node.op == "call_module")
    return [traced.get_submodule(node.target) for node in calls]
