"""What the checks compare with, against numbers found by hand."""

import pytest
import torch
from torch import nn

from spikebench.conformance.alphabet import alphabet, binary_digits, multiplicity, signed_digits
from spikebench.conformance.events import routed_synops
from spikebench.conformance.limit import clipped_ann
from spikebench.conformance.nets import NETS, build, picture
from spikebench.snn import IF, Burst, Network
from spikebench.spike_kinds import SpikeKind
from tests.snn.nets import Net, conv, image, spiking


@pytest.mark.parametrize(("number", "count"), [(0.0, 0), (-0.25, 1), (0.75, 2), (-3.5, 3), (5, 2)])
def test_the_binary_digits_of_a_graded_spike(number, count):
    assert binary_digits(number) == count


@pytest.mark.parametrize(
    ("number", "count"), [(0.0, 0), (0.875, 2), (-0.75, 2), (3.5, 2), (11.0, 3), (-5, 2)]
)
def test_the_signed_digits_of_a_graded_spike(number, count):
    """7/8 = 1 - 1/8, 3/4 = 1 - 1/4, 7/2 = 4 - 1/2, 11 = 8 + 4 - 1, 5 = 4 + 1."""
    assert signed_digits(number) == count


@pytest.mark.parametrize(
    ("numbers", "kind", "spikes"),
    [
        ([False, True], SpikeKind.BINARY, [0, 1]),
        ([0.0, 1.0], SpikeKind.BINARY, [0, 1]),
        ([0, 0], SpikeKind.NONE, [0, 0]),
        ([0, -1], SpikeKind.SIGNED, [0, 1]),
        ([-3, 1], SpikeKind.BURST, [3, 1]),
        ([-3.0, 0.5], SpikeKind.GRADED, [2, 1]),
        ([1 / 3, 0.0], SpikeKind.ANALOGUE, [1, 0]),
    ],
)
def test_kind_and_number_of_spikes(numbers, kind, spikes):
    number = torch.tensor(numbers)
    assert alphabet(number, "binary") is kind
    assert multiplicity(number, "binary").tolist() == spikes


def test_signed_digits_keep_a_number_graded_that_has_too_many_of_one_sign():
    number = torch.tensor([1023.0, 0.0])
    assert alphabet(number, "binary") is SpikeKind.ANALOGUE
    assert alphabet(number, "signed") is SpikeKind.GRADED
    assert multiplicity(number, "signed").tolist() == [2, 0]


# A spike of the first layer passes the wiring and a 1x1 convolution to 3 channels.
ROUTES = {
    "shuffled": (lambda net, h: net.shuffle(h), 1, 3),
    "concatenated with itself": (lambda net, h: torch.cat([h, h], dim=1), 8, 6),
    "enlarged": (lambda net, h: nn.functional.interpolate(h, scale_factor=2), 4, 12),
    "scaled": (lambda net, h: 0.5 * h, 4, 3),
}


@pytest.mark.parametrize("route", ROUTES)
def test_a_spike_is_counted_wherever_the_wiring_takes_it(route):
    wiring, channels, reached = ROUTES[route]
    layers = {"a": conv(1, 4), "c": conv(channels, 3, 1), "shuffle": nn.PixelShuffle(2)}
    network = spiking(Net(lambda net, x: net.c(wiring(net, net.a(x).relu())), **layers))
    graph, (site,) = network.graph, network.sites
    sent = torch.randint(0, 4, (2, 4, 3, 2))
    assert routed_synops(graph, graph.synapses[-1], {site.name: sent}) == reached * sent.sum()


@pytest.mark.parametrize(
    ("neuron", "most"), [(IF(torch.tensor(0.2)), 0.2), (Burst(torch.tensor(0.2), cap=2), 0.4)]
)
def test_an_activation_is_clipped_at_the_most_its_neuron_can_send(neuron, most):
    module, value = nn.Sequential(conv(1, 2), nn.ReLU(), conv(2, 1)), 3 * image(5, 4).float()
    module[0].weight.data.abs_()  # a channel of negative weights alone would send nothing
    network = Network.of(module)
    network.place(network.sites[0], neuron)
    hidden = module[0](value).relu()
    assert hidden.max() > 0.4
    torch.testing.assert_close(clipped_ann(network, value), module[2](hidden.clamp(max=most)))


@pytest.mark.parametrize("name", NETS)
def test_a_network_is_the_same_every_time_and_leaves_the_random_state_alone(name):
    state = torch.random.get_rng_state()
    first, second = build(name), build(name)
    assert torch.equal(first(picture()), second(picture()))
    assert torch.equal(torch.random.get_rng_state(), state)


def test_the_networks_hold_what_backbones_hold():
    networks = {name: Network.of(build(name)) for name in NETS}
    assert {name: len(net.relays) for name, net in networks.items()} == {
        "plain": 0,
        "residual": 1,
        "pixel shuffle": 0,
    }
    assert build("pixel shuffle")(picture()).shape == (1, 1, 14, 12)
