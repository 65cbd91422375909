"""Offset spikes: what a shift of v(0) does, and what calibrating layer by layer costs."""

import sys
from pathlib import Path

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import nn

from spikebench.snn import Network, Step, load_method, simulate
from tests.snn.nets import Net, chain, conv, image, spiking

FILE = Path("methods/cos.py")
RHO = 4
trains = st.lists(st.integers(-32, 32), min_size=2, max_size=8)


def module():
    load_method(FILE)
    return sys.modules["spikebench_methods.cos"]


def count(neuron, state, train) -> int:
    """Return how many spikes the neuron sends from this state on."""
    currents = [torch.tensor([z], dtype=torch.float64) for z in train]
    return sum(int(neuron.step(state, z, Step(t))[1]) for t, z in enumerate(currents, 1))


@given(trains)
def test_a_shift_takes_one_offset_spike_away_or_adds_one(units):
    """If it is one threshold, exactly one; else at least one. Nothing moves without an offset."""
    train = [unit / 16 for unit in units]
    one = torch.tensor([1.0], dtype=torch.float64)
    neuron = module().Shifted(one, initial=one / 2)
    plain = neuron.start(one)
    before = count(neuron, plain, train)
    listened = neuron.start(one)
    neuron.listen(listened, [torch.tensor([z], dtype=torch.float64) for z in train])
    shift = listened["v"].item() - 0.5
    after = count(neuron, listened, train)
    if plain["v"] < 0 and before:
        assert after == before - 1 if shift == -1 else after < before
    elif plain["v"] >= 1 and before < len(train):
        assert after == before + 1 if shift == 1 else after > before
    else:
        assert shift == 0


@given(trains)
def test_of_more_than_one_offset_spike_one_is_gone(units):
    train = [unit / 16 for unit in units]
    one = torch.tensor([1.0], dtype=torch.float64)
    neuron = module().Shifted(one, initial=one / 2)
    plain = neuron.start(one)
    excess = count(neuron, plain, train) - max(0, int((sum(train) + 0.5) // 1))
    assume(excess > 0)
    listened = neuron.start(one)
    neuron.listen(listened, [torch.tensor([z], dtype=torch.float64) for z in train])
    assert count(neuron, listened, train) - max(0, int((sum(train) + 0.5) // 1)) < excess


@given(st.integers(-16, 15))
def test_a_constant_current_within_the_threshold_has_no_offset(units):
    one = torch.tensor([1.0], dtype=torch.float64)
    neuron = module().Shifted(one, initial=one / 2)
    state = neuron.start(one)
    neuron.listen(state, [units / 16 * one] * RHO)
    assert state["v"] == 0.5


def layer_by_layer(network: Network, picture, time: int) -> tuple[torch.Tensor, int]:
    """Return output and spikes of a chain: each layer over all steps before the next one."""
    train, spikes = [picture] * time, 0
    *layers, last = network.graph.synapses
    for synapse, site in zip(layers, network.sites, strict=True):
        neuron = network.neurons[site.name]
        currents = [synapse.module(value).detach() for value in train]
        state = neuron.start(currents[0])
        neuron.listen(state, currents[:RHO])
        sent = [neuron.step(state, z, Step(t)) for t, z in enumerate(currents, 1)]
        train, spikes = [s for s, _ in sent], spikes + sum(int(n.sum()) for _, n in sent)
    return last.module(torch.stack(train).mean(dim=0)).detach(), spikes


def test_it_streams_what_the_paper_computes_layer_by_layer():
    picture = image(7, 6).float()
    network = load_method(FILE).apply(chain(), image(4, 1, 8, 8, seed=1).float(), (6,))
    (recording,) = simulate(network, picture, [6])
    output, spikes = layer_by_layer(network, picture, 6)
    torch.testing.assert_close(recording.output, output)
    assert recording.spikes == spikes
    shifted = [network.neurons[site.name].initial for site in network.sites]
    assert all(isinstance(initial, torch.Tensor) for initial in shifted)


def test_every_layer_delays_the_output_and_listening_costs_operations():
    picture = image(7, 6).float()
    network = load_method(FILE).apply(chain(), image(4, 1, 8, 8, seed=1).float(), (1, 6))
    first, last = simulate(network, picture, [1, 6])
    assert (first.latency_steps, last.latency_steps) == (2 * RHO + 1, 2 * RHO + 6)
    neurons, second = 7 * 42, 4 * 42
    assert last.state_ops == neurons * (RHO * 4 + 6 * 3) + 6 * second + 42 + 3 * 42
    image_layer = last.layers[0]
    assert image_layer.macs_streaming == (RHO + 6) * image_layer.macs_cached


def residual() -> nn.Module:
    """A relay behind a sum, and paths of different depth that meet."""

    def compute(net, x):
        first = net.a(x).relu()
        block = net.c(net.b(first) + first).relu()
        return x + net.last((block + first).relu())

    return Net(compute, a=conv(1, 2), b=conv(2, 2), c=conv(2, 2), last=conv(2, 1))


@pytest.mark.parametrize("build", [chain, residual])
def test_neurons_that_do_not_listen_run_as_always(build):
    network, picture = spiking(build()), image(7, 6)
    plain = list(simulate(network, picture, [1, 2, 5]))
    network.protocol = module().Rehearsal(steps=3)
    for mine, other in zip(simulate(network, picture, [1, 2, 5]), plain, strict=True):
        torch.testing.assert_close(mine.output, other.output)
        assert mine.latency_steps == other.latency_steps
    assert (mine.layers, mine.spikes, mine.state_ops) == (
        other.layers,
        other.spikes,
        other.state_ops,
    )
