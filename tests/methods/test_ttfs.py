"""Time to first spike: one spike at the time that says the value, decoded by a slope."""

import sys
from pathlib import Path

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spikebench.snn import Step, Waiting, load_method, simulate
from tests.snn.engine.values.event_loop import simulate_chain, slope
from tests.snn.nets import chain, image, spiking

METHOD = load_method(Path("methods/ttfs.py"))
FirstSpike = sys.modules[type(METHOD).__module__].FirstSpike

levels = st.integers(1, 200)


def one(value: float) -> torch.Tensor:
    return torch.full((1, 1, 1, 1), value, dtype=torch.float64)


def times(neuron, whole) -> list[int]:
    """Return the steps at which a neuron fires."""
    state = neuron.start(whole)
    steps = [Step(time) for time in range(1, neuron.window + 1)]
    return [step.time for step in steps if neuron.step(state, whole, step)[1].item()]


@given(levels, st.integers(0, 250), st.booleans())
def test_k_levels_are_one_spike_at_n_plus_1_minus_k(number, k, ramp):
    neuron = FirstSpike(one(1.0), levels=number, ramp=ramp)
    expected = [max(number + 1 - k, 1)] if k else []
    assert times(neuron, one(k / number)) == expected


@given(levels, st.floats(-2, 3, allow_nan=False))
def test_a_larger_value_comes_no_later(number, z):
    neuron = FirstSpike(one(1.0), levels=number)
    at, above = times(neuron, one(z)), times(neuron, one(abs(z) + 1.0))
    assert len(at) <= 1 and above
    assert not at or above[0] <= at[0]
    if z < 0.5 / number:
        assert at == []


@settings(deadline=None, max_examples=10)
@given(st.integers(1, 40), st.integers(0, 99), st.booleans())
def test_the_closed_form_is_the_simulation_with_a_slope_at_each_receiver(number, seed, ramp):
    module, picture = chain().double(), image(6, 5, seed=seed)
    network = spiking(module, FirstSpike, levels=number, ramp=ramp)
    network.protocol = Waiting()
    (found,) = simulate(network, picture, [number])
    with torch.inference_mode():
        neuron = network.neurons[network.sites[0].name]
        output, counted = simulate_chain(module, neuron, picture, slope)
    torch.testing.assert_close(found.output, output, rtol=0, atol=1e-12)
    assert all(train.sum(0).max() <= 1 for train in counted.trains)
    assert (found.spikes, found.state_ops) == (counted.events, counted.state_ops)
    assert sum(layer.synops for layer in found.layers) == counted.synops
    assert found.latency_steps == counted.steps == 2 * number


def test_a_ramp_for_each_neuron_costs_one_operation_more_a_step():
    module, found = chain(), []
    for ramp in (False, True):
        network = spiking(module, FirstSpike, levels=9, ramp=ramp)
        network.protocol = Waiting()
        found += simulate(network, image(6, 5), [9])
    neurons = found[0].neurons
    assert found[1].state_ops - found[0].state_ops == 9 * neurons
    assert torch.equal(found[0].output, found[1].output)
