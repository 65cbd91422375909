"""Batch normalisation is folded by execution order."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from spikebench.errors import BenchError
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
    [conv(3, 3), nn.ConvTranspose2d(3, 3, 3, stride=2), conv(3, 3, bias=False)],
    ids=["conv", "transposed", "without bias"],
)
def test_a_folded_network_computes_the_same(synapse):
    network = nn.Sequential(conv(1, 3), synapse, normalised(3), nn.ReLU(), conv(3, 1)).double()
    folded = trace(network)
    assert not any(isinstance(m, nn.BatchNorm2d) for m in _called(folded))
    picture = image(2, 1, 6, 5)
    torch.testing.assert_close(folded(picture), network.eval()(picture))


def test_pairs_are_found_by_execution_not_by_registration():
    """The two norms are registered in the wrong order, as in many residual blocks."""
    layers = {"n2": normalised(2), "n1": normalised(2), "b": conv(2, 2), "a": conv(1, 2)}
    network = Net(lambda net, x: net.n2(net.b(F.relu(net.n1(net.a(x))))), **layers).double()
    picture = image(6, 5)
    torch.testing.assert_close(trace(network)(picture), network.eval()(picture))


def test_a_norm_by_the_statistics_of_each_image_is_refused_by_its_path():
    norm = nn.BatchNorm2d(2, track_running_stats=False)
    network = nn.Sequential(nn.Sequential(conv(1, 2), norm), nn.ReLU(), conv(2, 1)).eval()
    with pytest.raises(BenchError, match=r"BatchNorm at '0\.1' keeps no statistics.*Train the"):
        trace(network)


def test_a_synapse_that_is_called_twice_keeps_its_weights_for_the_other_call():
    def compute(net, x):
        return net.shared(F.relu(net.norm(net.shared(x))))

    network = Net(compute, shared=conv(1, 1), norm=normalised(1)).double()
    picture = image(6, 5)
    torch.testing.assert_close(trace(network)(picture), network.eval()(picture))


@pytest.mark.parametrize(
    ("compute", "place"),
    [
        (lambda net, x: net.norm(F.relu(net.a(x))), "'norm' follows 'relu'"),
        (lambda net, x: net.norm(x), "'norm' follows 'image'"),
        (lambda net, x: net.norm(hidden := net.a(x)) + hidden, "'norm' follows 'a'"),
    ],
    ids=["behind ReLU", "behind the image", "behind a conv that others read"],
)
def test_a_norm_without_a_convolution_of_its_own_is_refused(compute, place):
    network = Net(compute, a=conv(), norm=normalised(1))
    with pytest.raises(BenchError, match=rf"{place}.*Place it directly after a conv"):
        trace(network)


def test_a_norm_behind_a_grouped_transposed_convolution_is_refused():
    network = nn.Sequential(nn.ConvTranspose2d(2, 2, 3, groups=2), normalised(2))
    with pytest.raises(BenchError, match=r"grouped transposed convolution '0'.*Use groups=1"):
        trace(network)


def _called(traced: torch.fx.GraphModule) -> list[nn.Module]:
    calls = (node for node in traced.graph.nodes if node.op == "call_module")
    return [traced.get_submodule(node.target) for node in calls]
