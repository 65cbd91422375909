"""Which way the currents of a synapse take."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from spikebench.snn import IF, Network, Step
from spikebench.snn.engine.counting.counters import Counters
from spikebench.snn.engine.currents import Current, Synapses
from spikebench.snn.kernels import library
from spikebench.snn.model.kernel_rules import launch
from spikebench.snn.model.spikes.spikemap import SpikeMap
from tests.impostor import device, lent

compiled = pytest.mark.skipif(not library.available(), reason="the kernels were not compiled")


@pytest.fixture
def coming():
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(1, 8, 1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1))
    number = (torch.rand(1, 8, 9, 7) < 0.2).to(torch.int8)
    number = number.contiguous(memory_format=torch.channels_last)
    return Current(list(Network.of(module).graph)[-1], SpikeMap(number, torch.tensor(0.5)), True)


def launched(current):
    neuron = IF(torch.tensor(0.3))
    return launch(neuron, neuron.start(current), Step(1))


def test_a_density_that_is_not_known_is_no_sparse_one(coming):
    synapses = Synapses()
    assert synapses.feed([coming], [launched(synapses.by_dense_map(coming))]) is None


@compiled
@pytest.mark.parametrize(("density", "fed"), [(0.2, True), (0.5, False)])
def test_few_events_feed_neurons_directly(coming, density, fed):
    synapses = Synapses()
    few, other = replace(coming, density=0.2), replace(coming, density=density)
    steps = [launched(synapses.by_dense_map(coming))] * 2
    assert (synapses.feed([few, other], steps) is not None) == fed


@compiled
def test_spikes_of_different_thresholds_do_not_feed_neurons_together(coming):
    synapses = Synapses()
    few = replace(coming, density=0.2)
    other = replace(few, value=SpikeMap(few.value.number, torch.tensor(0.25)))
    steps = [launched(synapses.by_dense_map(coming))] * 2
    assert synapses.feed([few, other], steps) is None


@compiled
def test_both_ways_give_the_same_currents(coming):
    synapses = Synapses()
    expected = synapses.tensor(coming)
    found = synapses.tensor(replace(coming, density=0.2))
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-6)


@compiled
def test_neurons_that_are_fed_by_events_send_what_they_send_for_currents(coming):
    synapses, coming = Synapses(), replace(coming, density=0.2)
    current = synapses.tensor(coming)
    neuron = IF(torch.tensor(0.3))
    state, fed = neuron.start(current), neuron.start(current)
    expected = [neuron.step(state, current, Step(time))[1] for time in (1, 2, 3)]
    steps = [launch(neuron, fed, Step(time)) for time in (1, 2, 3)]
    numbers, _ = synapses.feed([coming] * 3, steps)
    assert [torch.equal(n.bool(), e) for n, e in zip(numbers, expected, strict=True)] == [True] * 3


def test_on_a_device_a_synapse_takes_its_steps_in_one_pass():
    torch.manual_seed(0)
    network = Network.of(nn.Sequential(nn.Conv2d(1, 8, 1), nn.ReLU(), nn.Conv2d(8, 3, 3)))
    node = list(network.graph)[-1]
    values = [torch.rand(2, 8, 9, 7) for _ in range(3)]
    with torch.no_grad():
        expected = [node.synapse(value) for value in values]
    with lent() as there, torch.no_grad():
        node.synapse.to(device())
        passes = there.calls[torch.ops.aten.convolution]
        coming = [Current(node, value.to(device()), True) for value in values]
        settled = torch.zeros(2, 3, 7, 5).to(device())
        counters = Counters(network.graph)
        found = Synapses().all_settled([settled, *coming], counters)
        assert there.calls[torch.ops.aten.convolution] == passes + 1
        assert found[0] is settled and counters.state.compute() == 3 * settled.numel()
        for one, other in zip(found[1:], expected, strict=True):
            torch.testing.assert_close(one.cpu(), other)
