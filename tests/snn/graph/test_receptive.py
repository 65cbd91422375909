"""Reach and scale of networks whose geometry is known on paper."""

from fractions import Fraction

import pytest
import torch
from torch import nn

from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.receptive import geometry
from tests.snn.nets import Net, chain, conv, dncnn, espcn


def strided() -> nn.Module:
    """Down by two, a convolution there, up by two: rows look 1 + 2 * 1 + ... beyond their pair."""
    return nn.Sequential(
        nn.Conv2d(1, 2, 2, stride=2),
        nn.ReLU(),
        conv(2, 2),
        nn.ReLU(),
        nn.ConvTranspose2d(2, 1, 2, stride=2),
    )


def deep_skip() -> nn.Module:
    """A skip that looks further than the body: a dilated convolution of reach 6."""
    layers = {"a": conv(1, 2), "relu": nn.ReLU(), "b": conv(2, 1)}
    far = nn.Conv2d(1, 1, 5, padding=6, dilation=3)
    return Net(lambda net, x: net.b(net.relu(net.a(x))) + net.far(x), far=far, **layers)


@pytest.mark.parametrize(
    ("module", "step", "reach", "neurons"),
    [
        (chain(), 1, 3, 7),
        (dncnn(), 1, 4, 15),
        (espcn(), 1, 3, 8),
        (strided(), 2, 2, Fraction(4, 4)),
        (deep_skip(), 1, 6, 2),
    ],
    ids=["chain", "dncnn", "espcn", "strided", "skip"],
)
def test_the_measured_geometry_is_the_one_on_paper(module, step, reach, neurons):
    found = geometry(compile_graph(module), channels=1)
    assert (found.step, found.reach, found.neurons) == (step, reach, neurons)


def test_scales_are_rows_for_a_row_of_the_image():
    graph = compile_graph(espcn())
    found = geometry(graph, channels=1)
    assert found.scales[graph.output] == 2
    assert all(found.scales[node.name] == 1 for node in graph.synapses)


def test_a_long_reach_is_measured_on_larger_probes():
    far = nn.Sequential(*(nn.Conv2d(1, 1, 3, padding=8, dilation=8) for _ in range(5)))
    assert geometry(compile_graph(nn.Sequential(far, nn.ReLU(), conv())), 1).reach == 41


@pytest.mark.parametrize(
    "module",
    [
        nn.Sequential(conv(padding=0), nn.ReLU(), conv(padding=2)),
        nn.Sequential(conv(), nn.ReLU(), nn.Flatten(), nn.Linear(64 * 32, 2)),
    ],
    ids=["unpadded", "linear"],
)
def test_networks_that_do_not_scale_have_none(module):
    assert geometry(compile_graph(module), channels=1) is None


def test_the_weights_stay_as_they_are():
    graph = compile_graph(chain())
    before = [node.module.weight.clone() for node in graph.synapses]
    geometry(graph, channels=1)
    for node, weight in zip(graph.synapses, before, strict=True):
        assert torch.equal(node.module.weight, weight)
