"""SynOps equal an event loop, exactly; MACs and state operations equal closed formulas."""

import pytest
import torch
from torch import nn

from spikebench.conformance.events import synops
from spikebench.errors import BenchError
from spikebench.snn import IF, Network, Relay, ReuseAfterwards, simulate
from spikebench.snn.engine.counting.counters import Counters
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.nodes import Graph
from spikebench.spike_kinds import SpikeKind
from tests.snn.nets import Net, Scripted, chain, conv, image, spiking

# The synapse behind 4 channels of 5 x 6 spikes.
SYNAPSES = {
    "padded": nn.Conv2d(4, 6, 3, padding=1),
    "unpadded": nn.Conv2d(4, 2, (3, 2)),
    "strided": nn.Conv2d(4, 2, 3, stride=2, padding=1),
    "strides_differ": nn.Conv2d(4, 2, 3, stride=(1, 3), padding=(0, 2)),
    "dilated": nn.Conv2d(4, 2, 3, padding=2, dilation=2),
    "grouped": nn.Conv2d(4, 6, 3, padding=1, groups=2),
    "depthwise": nn.Conv2d(4, 4, 3, padding=1, groups=4),
    "transposed": nn.ConvTranspose2d(4, 3, 3, stride=2),
    "transposed_cropped": nn.ConvTranspose2d(4, 3, 4, stride=2, padding=3),
    "transposed_output_padding": nn.ConvTranspose2d(4, 3, 3, stride=3, padding=1, output_padding=2),
    "transposed_grouped": nn.ConvTranspose2d(4, 6, 3, stride=2, dilation=2, groups=2),
    "linear": nn.Sequential(nn.Flatten(), nn.Linear(120, 7)),
}
ALPHABETS = {
    "binary": (SpikeKind.BINARY, [0, 1]),
    "signed": (SpikeKind.SIGNED, [-1, 0, 1]),
    "burst": (SpikeKind.BURST, [0, 1, 2, 5]),
}


def scripted(synapse: nn.Module, train: torch.Tensor) -> Network:
    network = Network.of(nn.Sequential(conv(1, 4), nn.ReLU(), synapse))
    network.place(network.sites[0], Scripted(torch.tensor(1.0), train=train))
    return network


def random_train(values: list[int], steps: int = 3) -> torch.Tensor:
    """Return spike numbers (T, 2, 4, 5, 6) drawn from `values`."""
    return torch.tensor(values)[torch.randint(len(values), (steps, 2, 4, 5, 6))].to(torch.int8)


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("synapse", SYNAPSES)
def test_i16_synops_equal_the_event_loop(synapse, alphabet):
    kind, values = ALPHABETS[alphabet]
    train, module = random_train(values), SYNAPSES[synapse]
    (recording,) = simulate(scripted(module, train), image(2, 1, 5, 6).float(), [3])
    layer = recording.layers[-1]
    flat = isinstance(module, nn.Sequential)
    sent = train.flatten(2) if flat else train
    assert layer.synops == sum(synops(module[1] if flat else module, step) for step in sent)
    assert layer.events == int((train != 0).sum())
    assert layer.spikes == recording.spikes == int(train.abs().sum())
    assert (layer.input_kind, layer.neurons) == (kind, 2 * 4 * 5 * 6)
    assert layer.macs_cached == layer.macs_streaming == 0


def test_i16_synops_of_a_real_simulation_equal_the_event_loop():
    """The first layer's spikes are known in closed form, the second's from its membranes."""
    module, picture = chain().double(), image(6, 5)
    network = spiking(module, theta=0.25)
    layers = next(simulate(network, picture, [5])).layers
    with torch.no_grad():
        z = module[0](picture)
        assert layers[1].synops == synops(module[2], (5 * z / 0.25).floor().clip(0, 5))
        second, v = torch.zeros(1, 4, 6, 5), torch.zeros(1, 4, 6, 5, dtype=torch.float64)
        for t in range(1, 6):
            now, before = ((s * z / 0.25).floor().clip(0, s) for s in (t, t - 1))
            v += module[2]((now - before) * 0.25)
            second += v >= 0.25
            v -= 0.25 * (v >= 0.25)
    assert layers[2].synops == synops(module[4], second) > 0


def test_a_concatenation_is_counted_for_each_of_its_sources():
    def compute(net, x):
        hidden = net.relu(net.a(x))
        return net.c(torch.cat([hidden, net.relu(net.b(hidden))], dim=1))

    layers = {"a": conv(1, 4), "b": conv(4, 4), "c": conv(8, 2), "relu": nn.ReLU()}
    network, trains = Network.of(Net(compute, **layers)), [random_train([0, 1]) for _ in range(2)]
    for site, train in zip(network.sites, trains, strict=True):
        network.place(site, Scripted(torch.tensor(1.0), train=train))
    (recording,) = simulate(network, image(2, 1, 5, 6).float(), [3])
    expected = sum(synops(layers["c"], step) for train in trains for step in train)
    assert recording.layers[-1].synops == expected
    assert recording.layers[-1].neurons == 2 * 240


def test_the_first_layer_pays_its_macs_once_or_at_every_step():
    layer = next(simulate(spiking(chain()), image(6, 5), [4])).layers[0]
    macs = 3 * 9 * 30
    assert (layer.input_kind, layer.macs_cached) == (SpikeKind.ANALOGUE, macs)
    assert layer.macs_streaming == 4 * macs
    assert layer.synops == 0


def test_an_analogue_alphabet_pays_macs_at_every_step():
    train = torch.rand(3, 2, 4, 5, 6)
    network = scripted(nn.Conv2d(4, 2, 3, padding=1), train)
    (recording,) = simulate(network, image(2, 1, 5, 6).float(), [3])
    layer = recording.layers[-1]
    assert recording.spike_kind is layer.input_kind is SpikeKind.ANALOGUE
    assert layer.macs_cached == layer.macs_streaming == 3 * (2 * 2 * 30) * (4 * 9)
    assert layer.synops == 0


def test_the_richest_alphabet_of_any_site_names_the_row():
    """The second site sends -1 in its first step only."""
    network = Network.of(chain())
    for site, channels, first in zip(network.sites, (3, 4), (1, -1), strict=True):
        train = torch.ones(2, 1, channels, 4, 4, dtype=torch.int8)
        train[0] *= first
        network.place(site, Scripted(torch.tensor(1.0), train=train))
    (recording,) = simulate(network, image(4, 4).float(), [2])
    assert recording.spike_kind is SpikeKind.SIGNED
    assert [layer.input_kind.name for layer in recording.layers] == ["ANALOGUE", "BINARY", "SIGNED"]


def test_state_operations_are_biases_once_or_per_step_and_three_per_neuron_and_step():
    """Biases: first layer once, second at each of 4 steps, last once for the recorded T."""
    (recording,) = simulate(spiking(chain()), image(6, 5), [4])
    biases = 30 * (3 + 4 * 4 + 1)
    assert recording.neurons == 30 * (3 + 4)
    assert recording.state_ops == biases + 4 * 3 * recording.neurons


def test_an_addition_of_maps_is_a_state_operation():
    network = spiking(Net(lambda net, x: net.body(x) + x, body=chain(bias=False)))
    (recording,) = simulate(network, image(6, 5), [4])
    assert recording.state_ops == 4 * 3 * recording.neurons + 30


def test_a_release_adds_a_step_of_latency_but_shows_no_image():
    network = spiking(chain())
    network.protocol = ReuseAfterwards()
    found = list(simulate(network, image(6, 5), [2, 4]))
    assert [recording.latency_steps for recording in found] == [3, 5]
    assert [recording.layers[0].macs_streaming for recording in found] == [2 * 810, 4 * 810]


def test_a_relay_counts_its_second_comparison():
    network = spiking(nn.Sequential(conv(1, 2, bias=False), nn.ReLU(), conv(2, 3, bias=False)))
    network.spiking_output(Relay(torch.tensor(0.25, dtype=torch.float64)))
    (recording,) = simulate(network, image(6, 5), [4])
    assert recording.state_ops == 4 * 30 * (2 * IF.state_ops + 3 * 4)


def counters_of_one_neuron(*routing: nn.Module) -> Counters:
    return Counters(compile_graph(nn.Sequential(conv(), nn.ReLU(), *routing, conv())))


def test_counts_reach_to_the_end_of_their_type_and_no_further():
    counters = counters_of_one_neuron(nn.PixelShuffle(1))  # behind routing, each neuron counts
    burst = torch.full((1, 1, 1, 1), 127, dtype=torch.int8)
    for _ in range(258):
        counters.spikes.update("_1", burst)
    assert counters.totals() == (1, 258 * 127)
    with pytest.raises(BenchError, match=r"Site '_1'.*more than 32767 spikes.*fewer timesteps"):
        counters.spikes.update("_1", burst)


def test_a_fork_counts_on_its_own():
    counters, spike = counters_of_one_neuron(), torch.ones(1, 1, 1, 1, dtype=torch.bool)
    counters.spikes.update("_1", spike)
    fork = counters.fork()
    fork.spikes.update("_1", spike)
    assert (counters.totals(), fork.totals()) == ((1, 1), (1, 2))


def test_nothing_is_counted_before_the_first_step():
    assert Counters(Graph()).totals() == (0, 0)
    assert Counters(Graph()).kind() is SpikeKind.NONE
