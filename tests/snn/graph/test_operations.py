"""Linear wiring commutes with the mean over time (I14), and its spikes are counted exactly."""

from itertools import product
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spikebench.conformance.events import targets
from spikebench.errors import BenchError
from spikebench.snn import IF, load_method
from spikebench.snn.engine.simulate import simulate
from spikebench.snn.engine.simulation import Simulation
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.fanout import fan_outs
from spikebench.snn.graph.forward import run_ann
from spikebench.snn.graph.nodes import Graph, Kind
from tests.snn.nets import Net, conv, image, spiking

# What stands between a ReLU of 4 channels and the last convolution, and how many channels leave it.
ROUTING = {
    "pixel_shuffle": (lambda net, s: F.pixel_shuffle(s, 2), 1),
    "pixel_shuffle_module": (lambda net, s: net.layer(s), 1, nn.PixelShuffle(2)),
    "pixel_unshuffle": (lambda net, s: F.pixel_unshuffle(s, 2), 16),
    "channel_shuffle": (lambda net, s: F.channel_shuffle(s, 2), 4),
    "channel_shuffle_module": (lambda net, s: net.layer(s), 4, nn.ChannelShuffle(2)),
    "nearest": (lambda net, s: F.interpolate(s, scale_factor=2), 4),
    "nearest_module": (lambda net, s: net.layer(s), 4, nn.Upsample(scale_factor=2)),
    "average_pool": (lambda net, s: F.avg_pool2d(s, 3, stride=1, padding=1), 4),
    "average_pool_module": (lambda net, s: net.layer(s), 4, nn.AvgPool2d(2)),
    "average_pool_ceil": (lambda net, s: net.layer(s), 4, nn.AvgPool2d(4, 3, ceil_mode=True)),
    "reflection": (lambda net, s: net.layer(s), 4, nn.ReflectionPad2d(2)),
    "concat": (lambda net, s: torch.cat([s, s[:, 1:3]], dim=1), 6),
    "add": (lambda net, s: s + torch.cat([s[:, 2:], s[:, :2]], dim=1), 4),
    "subtract": (lambda net, s: s - torch.cat([s[:, 2:], s[:, :2]], dim=1), 4),
    "scale": (lambda net, s: s * 0.5, 4),
    "scale_from_the_left": (lambda net, s: 0.5 * s, 4),
    "scale_by_keyword": (lambda net, s: torch.mul(s, other=0.5), 4),
    "divide": (lambda net, s: s / 4, 4),
    "negate": (lambda net, s: -s, 4),
}
MIXING = {
    "bilinear": (lambda net, s: F.interpolate(s, scale_factor=2, mode="bilinear"), 4),
    "bicubic_module": (lambda net, s: net.layer(s), 4, nn.Upsample(scale_factor=2, mode="bicubic")),
}
UNKNOWN = {
    "a rounded quotient": lambda net, s: torch.div(s, 2, rounding_mode="floor"),
}


def network(compute, channels: int, layer: nn.Module | None = None) -> Net:
    return Net(
        lambda net, x: net.last(compute(net, F.relu(net.first(x)))),
        first=conv(1, 4),
        last=conv(channels, 2),
        layer=layer or nn.Identity(),
    ).double()


def routed(graph: Graph, spikes: Tensor) -> Tensor:
    """Return what arrives at the last convolution for a value of the site."""
    values = {graph.sites[0].name: spikes}
    for node in graph:
        if node.kind is Kind.WIRING:
            values[node.name] = node.call(*(values[name] for name in node.inputs))
    return list(values.values())[-1]


@pytest.mark.parametrize("name", [*ROUTING, *MIXING])
def test_the_mean_of_the_routed_is_the_routed_mean(name):
    graph = compile_graph(network(*(ROUTING | MIXING)[name]))
    steps = [(image(1, 4, 6, 6, seed=t) > 0.6).double() for t in range(5)]
    mean = sum(routed(graph, step) for step in steps) / 5
    torch.testing.assert_close(routed(graph, sum(steps) / 5), mean)


def test_max_pooling_does_not_commute_which_is_why_it_is_written_as_relus():
    steps = [(image(1, 4, 6, 6, seed=t) > 0.6).double() for t in range(5)]
    mean = sum(F.max_pool2d(step, 2) for step in steps) / 5
    assert (F.max_pool2d(sum(steps) / 5, 2) - mean).abs().max() > 0.1


@pytest.mark.parametrize("name", ROUTING)
def test_the_reach_of_a_spike_is_counted_position_by_position(name):
    """One spike is sent alone; each place where it arrives is expanded by the event loop."""
    graph = compile_graph(network(*ROUTING[name]))
    synapse, (site,) = graph.synapses[-1], graph.sites
    shape = (1, 4, 4, 6)
    expected = torch.zeros(shape, dtype=torch.float64)
    for place in product(*map(range, shape)):
        spike = torch.zeros(shape, dtype=torch.float64)
        spike[place] = 1.0
        arrived = routed(graph, spike)
        for _, _, y, x in arrived.nonzero().tolist():
            expected[place] += targets(synapse.module, arrived.shape, y, x)
    assert torch.equal(fan_outs(graph, synapse, {site.name: shape})[site.name], expected)


@pytest.mark.parametrize("name", MIXING)
def test_interpolation_leaves_no_spikes_so_a_relay_follows(name):
    graph = compile_graph(network(*MIXING[name]))
    assert [site.role for site in graph.sites] == ["activation", "relay"]
    assert graph.synapses[-1].inputs == (graph.sites[-1].name,)


@pytest.mark.parametrize("name", UNKNOWN)
def test_arithmetic_of_no_kind_is_refused(name):
    with pytest.raises(BenchError, match=r"Node '\w+', call of \w+, cannot be converted"):
        compile_graph(network(UNKNOWN[name], 4))


def filled(fill) -> Net:
    """A network that sees a constant map in the shape of one channel before its image."""
    return Net(
        lambda net, x: net.last(F.relu(net.first(torch.cat([fill(x[:, :1]), x], dim=1)))),
        first=conv(2, 4),
        last=conv(4, 1),
    ).double()


@pytest.mark.parametrize(
    ("fill", "value"),
    [
        (lambda x: torch.full_like(x, 0.25), 0.25),
        (lambda x: torch.full_like(x, fill_value=2), 2.0),
        (torch.ones_like, 1.0),
        (torch.zeros_like, 0.0),
    ],
)
def test_a_constant_in_the_shape_of_the_image_is_part_of_the_bias(fill, value):
    network = filled(fill)
    graph, picture = compile_graph(network), image(5, 6)
    torch.testing.assert_close(run_ann(graph, picture), network(picture))
    node = next(node for node in graph if "like" in node.name)
    assert torch.equal(node.call(picture), torch.full_like(picture, value))
    assert torch.equal(node.call(picture, bias=False), torch.zeros_like(picture))
    assert node.indicate is None
    assert node.name not in graph.driven


def test_the_constants_without_biases_hold_no_constant_map():
    """The reuse pass presents neither image nor biases: nothing may enter the first neurons."""
    network = filled(lambda x: torch.full_like(x, 0.25))
    network.first.bias.data.zero_()
    simulation = Simulation(spiking(network), image(5, 6))
    with torch.inference_mode():
        for with_image, bias in product([False, True], repeat=2):
            currents = simulation.constants(image=with_image, bias=bias)["first"]
            assert bool(currents.any()) == (with_image or bias)


def test_a_network_with_a_constant_map_reaches_its_ann():
    network, picture = filled(lambda x: torch.full_like(x, 0.25)), image(5, 6)
    converted = spiking(network, IF, theta=2.0)
    (recording,) = simulate(converted, picture, [4096])
    torch.testing.assert_close(recording.output, network(picture), atol=5e-3, rtol=0)


@pytest.mark.parametrize(
    "compute",
    [
        lambda net, x: net.last(torch.full_like(F.relu(net.first(x)), 0.5)),
        lambda net, x: net.last(torch.ones_like(net.second(F.relu(net.first(x))))),
    ],
)
def test_a_constant_in_the_shape_of_what_neurons_drive_is_refused(compute):
    network = Net(compute, first=conv(1, 4), second=conv(4, 4), last=conv(4, 2))
    with pytest.raises(BenchError, match=r"Node '\w+', call of \w+_like, .*changes over time"):
        compile_graph(network)


def test_a_map_of_a_computed_value_is_no_constant():
    network = Net(
        lambda net, x: net.last(torch.full_like(x, fill_value=net.first(x))),
        first=conv(1, 1),
        last=conv(1, 1),
    )
    with pytest.raises(BenchError, match="call of full_like, cannot be converted"):
        compile_graph(network)


@pytest.mark.parametrize(
    "pad",
    [lambda net, s: F.pad(s, (1, 1, 1, 1), value=1.0), lambda net, s: net.layer(s)],
    ids=["function", "module"],
)
def test_the_constant_of_a_padding_is_part_of_the_bias(pad):
    graph = compile_graph(network(pad, 4, nn.ConstantPad2d(1, 1.0)))
    node = next(n for n in graph if n.kind is Kind.WIRING)
    spikes = image(1, 4, 3, 3)
    assert torch.equal(node.compute(spikes), F.pad(spikes, (1, 1, 1, 1), value=1.0))
    assert torch.equal(node.compute(spikes, bias=False), F.pad(spikes, (1, 1, 1, 1)))
    assert torch.equal(node.indicate(spikes), F.pad(spikes, (1, 1, 1, 1)))


@pytest.mark.parametrize("name", ["dcgs", "sign_gd", "percentile_norm"])
def test_what_is_sent_as_differences_holds_a_padded_constant_once(name):
    """Two of them present biases once, or in a phase of their own; the ANN has them in its sum."""
    torch.manual_seed(1)
    net = network(lambda net, s: F.pad(s, (1, 1, 1, 1), value=1.0), 4).float()
    picture, patches = image(8, 9).float(), image(4, 1, 8, 9).float()
    method = load_method(Path(f"methods/{name}.py"))
    (recording,) = simulate(method.apply(net, patches, (200,)), picture, [200])
    error = (recording.output - net(picture)).square().mean().sqrt()
    assert error < 0.02
