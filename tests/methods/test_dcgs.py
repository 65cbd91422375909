"""Differential coding: corrections add up to rates, and thresholds may come from the variance."""

import sys
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from spikebench.snn import Calibration, Network, Step, load_method, simulate
from spikebench.snn.calibration.thresholds import gaussian_threshold
from tests.snn.nets import Net, chain, conv, dncnn, image

FILE = Path("methods/dcgs.py")
currents = st.lists(st.floats(-2, 2), min_size=1, max_size=8)


def patches():
    return image(4, 1, 8, 8, seed=1).float()


@given(bias=st.floats(-1, 1), start=st.floats(-1, 1), train=currents, guarded=st.booleans())
def test_corrections_add_up_to_the_mean_and_charge_is_kept(bias, start, train, guarded):
    load_method(FILE)
    one = torch.tensor([1.0], dtype=torch.float64)
    neuron = sys.modules["spikebench_methods.dcgs"].Differential(
        one, initial=start, levels=3, guarded=guarded
    )
    state = neuron.start(one)
    neuron.step(state, bias * one, Step(0, phase="bias"))
    received, sent, rates = [bias], 0.0, []
    for time, current in enumerate(train, 1):
        spikes, _ = neuron.step(state, current * one, Step(time))
        received.append(received[-1] + current / time)
        rates.append(sent + spikes.item())
        sent += spikes.item() / time
    total = len(train)
    assert state["sent"].item() == pytest.approx(sent)
    assert sent == pytest.approx(sum(rates) / total)
    assert sum(rates) == pytest.approx(total * sent)
    assert state["v"].item() == pytest.approx(start + total * (received[-1] - sent))
    assert not guarded or sum(rates) >= -1e-12


def test_the_bias_pass_sends_nothing_and_costs_a_step():
    network = load_method(FILE).apply(chain(), patches(), (2,))
    (recording,) = simulate(network, image(7, 6).float(), [2])
    assert recording.latency_steps == 3
    assert recording.layers[0].macs_streaming == recording.layers[0].macs_cached


def test_with_enough_levels_it_is_the_ann_after_few_steps():
    module, picture = dncnn(), patches()
    for threshold, level in (("maximum", (8,)), ("variance", (8,))):
        network = load_method(FILE, {"threshold": threshold}).apply(module, picture, level)
        (recording,) = simulate(network, picture, [8])
        torch.testing.assert_close(recording.output, module(picture), atol=1e-3, rtol=0)


def test_only_thresholds_from_the_variance_are_made_for_each_t():
    assert load_method(FILE).anytime
    assert load_method(FILE, {"threshold": "maximum"}).anytime
    method = load_method(FILE, {"threshold": "variance", "levels": 3})
    assert not method.anytime
    module = chain()
    network = method.apply(module, patches(), (2,))
    calibration = Calibration.of(Network.of(module), patches())
    for site in network.sites:
        value = calibration.inputs[site.name].transpose(0, 1).flatten(1)
        start = calibration.maximum(site, per_channel=True).flatten()
        expected = gaussian_threshold(value.mean(1), value.std(1, correction=0), 2 * 2**3, start)
        torch.testing.assert_close(network.neurons[site.name].theta.flatten(), expected)


def test_a_current_that_the_output_reads_besides_neurons_has_its_bias():
    """The bias comes once, in a pass that is not read."""

    def compute(net, x):
        hidden = net.d(F.relu(net.a(x)))
        return net.c(F.relu(net.b(hidden))) + hidden

    torch.manual_seed(0)
    layers = {"a": conv(1, 4), "d": conv(4, 1), "b": conv(1, 4), "c": conv(4, 1)}
    net = Net(compute, **layers).eval().requires_grad_(False)
    net.d.bias.fill_(0.5)
    converted = load_method(FILE).apply(net, patches(), (64,))
    picture = image(8, 9).float()
    (recording,) = simulate(converted, picture, [64])
    assert (recording.output - net(picture)).abs().max() < 1e-3
