"""Radix encoding: bit by bit the quantised ANN, decoded by doubling."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spikebench.conformance.brief import brief_state
from spikebench.conformance.nets import patches
from spikebench.snn import Calibration, Network, load_method, simulate
from tests.snn.engine.values.event_loop import doubling, simulate_chain
from tests.snn.nets import chain, dncnn, image

FILE = Path("methods/radix.py")


def converted(module, time, **options) -> Network:
    return load_method(FILE, options).apply(module, patches(), (time,))


@settings(deadline=None, max_examples=10)
@given(st.integers(1, 60), st.integers(0, 99), st.sampled_from(["binary", "signed"]))
def test_the_closed_form_is_the_simulation_with_doubling_at_each_receiver(time, seed, digits):
    module, picture = chain(), image(6, 5, seed=seed)
    network = converted(module, time, digits=digits).to(torch.float64)
    for site in network.sites:  # the loop knows one threshold for all
        network.place(site, replace(network.neurons[site.name], theta=torch.tensor(0.25).double()))
    (found,) = simulate(network, picture, [time])
    with torch.inference_mode():
        neuron = network.neurons[network.sites[0].name]
        output, counted = simulate_chain(module.double(), neuron, picture, doubling)
    torch.testing.assert_close(found.output, output, rtol=0, atol=1e-12)
    assert (found.spikes, found.state_ops) == (counted.events, counted.state_ops)
    assert sum(layer.synops for layer in found.layers) == counted.synops
    assert found.latency_steps == counted.steps


@pytest.mark.parametrize("time", [1, 2, 4, 6, 63])
def test_at_each_t_it_is_the_quantised_ann_of_as_many_bits(time):
    module, picture = dncnn(), image(9, 8).float()
    network, twin = converted(module, time), Network.of(module)
    qann = load_method(Path("methods/qann.py"))
    qann.convert(twin, Calibration.of(twin, patches()), (time,))
    found, expected = (next(simulate(net, picture, [time])) for net in (network, twin))
    torch.testing.assert_close(found.output, expected.output, rtol=0, atol=1e-5)
    assert found.latency_steps == time.bit_length() * len(network.sites)


def test_a_trained_state_is_sent_in_the_levels_it_was_trained_for():
    module = dncnn()
    state = brief_state(module, "spikingir_half")
    method = load_method(FILE, {"tuned": "spikingir_half"})
    network = method.apply(module, patches(), (32,), state=state)
    for site in network.sites:
        neuron = network.neurons[site.name]
        assert (neuron.levels, neuron.window) == (32, 6)
        assert torch.equal(neuron.theta, state.thresholds[site.name].clamp(min=1e-6))
    assert method.family == "trained"
