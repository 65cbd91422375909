"""Nineteen well-known restoration networks convert, those with gates and attention as hybrids."""

import pytest
import torch
from torch import Tensor, nn

from spikebench.snn import IF, simulate
from spikebench.snn.engine.ann_counts import count_ann
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.forward import run
from spikebench.snn.graph.nodes import Graph, Node
from spikebench.snn.graph.stages import is_staged
from tests.impostor import device, lent
from tests.snn.nets import image, spiking
from tests.snn.restorers import HYBRID, PURE

EVERY = PURE | HYBRID
MANY = 2.0**36  # steps of the closed form: its rounding is far below that of float64 sums
THETA = 64.0  # nothing on the way exceeds it


def network(name: str) -> nn.Module:
    torch.manual_seed(0)
    return EVERY[name]().double().eval().requires_grad_(False)


def in_closed_form(graph: Graph, picture: Tensor, steps: float) -> Tensor:
    """What neurons send on a constant current in so many steps: floor((T z + theta/2) / theta).

    Invariant I1; a relay's neurons have both signs.
    """

    def activate(site: Node, z: Tensor) -> Tensor:
        number = (z * steps / THETA + 0.5).floor()
        number = number.clamp(0, steps) if site.role == "activation" else number
        return number * THETA / steps

    return run(graph, picture, activate)


def test_there_are_nineteen():
    assert len(EVERY) == 19


@pytest.mark.parametrize("name", EVERY)
def test_it_converts_and_computes_what_the_module_computes(name):
    net, picture = network(name), image(8, 6)
    graph, expected = compile_graph(net), net(picture)
    assert is_staged(graph) == (name in HYBRID)
    assert len(graph.sites) > 1
    scale = float(expected.abs().max())
    found = run(graph, picture)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12 * scale)
    limit = in_closed_form(graph, picture, MANY)
    torch.testing.assert_close(limit, expected, rtol=0, atol=1e-6 * scale)


@pytest.mark.parametrize("name", EVERY)
def test_on_a_device_it_gives_what_it_gives_on_the_cpu(name):
    network_in_time, picture = spiking(network(name), IF, theta=0.25), image(8, 6)
    (expected,) = simulate(network_in_time, picture, [3])
    _, ann = count_ann(network_in_time.graph, picture)
    with lent():
        there, picture = network_in_time.to(device()), picture.to(device())
        (found,) = simulate(there, picture, [3])
        torch.testing.assert_close(found.output.cpu(), expected.output)
        assert count_ann(there.graph, picture)[1] == ann
    assert (found.layers, found.state_ops) == (expected.layers, expected.state_ops)


@pytest.mark.parametrize("name", EVERY)
def test_in_time_it_comes_near_its_ann(name):
    net, picture = network(name), image(8, 6)
    few, many = (
        float((recording.output - net(picture)).abs().max())
        for recording in simulate(spiking(net, IF, theta=4.0, initial=2.0), picture, [8, 128])
    )
    assert many < max(few / 2, 0.01)
