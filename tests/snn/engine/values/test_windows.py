"""The value engine against an event loop: the same image, the same counts, whoever listens."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spikebench.errors import BenchError
from spikebench.snn import IF, BinaryDigits, OutputMap, SignedDigits, Waiting, run_ann, simulate
from spikebench.spike_kinds import SpikeKind
from tests.snn.engine.values.event_loop import adding, doubling, simulate_chain
from tests.snn.model.codes.codes import Unary
from tests.snn.nets import Net, chain, conv, image, spiking

DECODED = {Unary: adding, BinaryDigits: doubling, SignedDigits: doubling}
every_code = pytest.mark.parametrize("code", DECODED)


def waiting(module, code, levels=7, **options):
    network = spiking(module, code, levels=levels, **options)
    for site in network.relays:
        network.place(site, code(torch.tensor(0.5).double(), levels=levels, signed=True))
    network.protocol = Waiting()
    return network


@every_code
@settings(deadline=None, max_examples=10)
@given(levels=st.integers(1, 40), seed=st.integers(0, 99))
def test_it_is_the_event_loop(code, levels, seed):
    module, picture = chain().double(), image(6, 5, seed=seed)
    network = waiting(module, code, levels)
    (found,) = simulate(network, picture, [levels])
    with torch.inference_mode():
        neuron = network.neurons[network.sites[0].name]
        output, counted = simulate_chain(module, neuron, picture, DECODED[code])
    torch.testing.assert_close(found.output, output, rtol=0, atol=1e-12)
    assert found.spikes == counted.events
    assert sum(layer.synops for layer in found.layers) == counted.synops
    assert (found.state_ops, found.latency_steps) == (counted.state_ops, counted.steps)


@every_code
def test_it_is_the_quantised_ann(code):
    network, picture = waiting(residual(), code, 12), image(6, 5)
    (found,) = simulate(network, picture, [12])

    def quantise(site, value):
        neuron = network.neurons[site.name]
        k = (value.abs() * 12 / neuron.theta + 0.5).floor().clamp(max=12)
        k = k * value.sign() if site.role == "relay" else k * (value > 0)
        return k * neuron.theta / 12

    expected = run_ann(network.graph, picture, activate=quantise)
    torch.testing.assert_close(found.output, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("module", [lambda: early(), lambda: gated()], ids=["early", "gated"])
def test_what_is_read_at_last_may_stand_before_later_layers(module):
    network, picture = waiting(module(), BinaryDigits, 63), image(6, 5)
    (found,) = simulate(network, picture, [63])

    def quantise(site, value):
        neuron = network.neurons[site.name]
        k = (value.abs() * 63 / neuron.theta + 0.5).floor().clamp(max=63)
        k = k * value.sign() if site.role == "relay" else k * (value > 0)
        return k * neuron.theta / 63

    expected = run_ann(network.graph, picture, activate=quantise)
    torch.testing.assert_close(found.output, expected, rtol=0, atol=1e-12)


def test_listening_changes_nothing_and_hears_every_step_of_every_site():
    network, picture, heard = waiting(chain(), BinaryDigits), image(6, 5), []
    (alone,) = simulate(network, picture, [7])
    (heard_of,) = simulate(network, picture, [7], observe=heard.append)
    assert torch.equal(alone.output, heard_of.output)
    assert replace(heard_of, seconds=0.0, output=None, decoded=None) == replace(
        alone, seconds=0.0, output=None, decoded=None
    )
    sites = [site.name for site in network.graph.sites]
    assert [(f.site, f.step.time) for f in heard] == [(s, t) for s in sites for t in (1, 2, 3)]
    assert all(firing.number.dtype == torch.bool for firing in heard)
    assert sum(int(firing.number.sum()) for firing in heard) == alone.spikes


@every_code
def test_an_image_in_bands_is_the_whole_image(code):
    network, picture = waiting(chain(), code), image(40, 6)
    (whole,) = simulate(network, picture, [7])
    (parts,) = simulate(network, picture, [7], budget=40 * 6 * 7)
    torch.testing.assert_close(whole.output, parts.output, rtol=0, atol=1e-12)
    assert whole.layers == parts.layers
    assert (whole.state_ops, whole.spikes) == (parts.state_ops, parts.spikes)


def test_events_have_the_kind_of_the_code_and_the_first_layer_is_paid_once():
    kinds = {}
    for code in DECODED:
        (found,) = simulate(waiting(chain(), code), image(6, 5), [7])
        kinds[code] = found.spike_kind
        first = found.layers[0]
        assert first.macs_cached == first.macs_streaming > 0
        assert [layer.input_kind for layer in found.layers[1:]] == [found.spike_kind] * 2
    assert kinds == {
        Unary: SpikeKind.BINARY,
        BinaryDigits: SpikeKind.TIMED,
        SignedDigits: SpikeKind.SIGNED,
    }


def test_a_layer_is_updated_while_it_listens_and_while_it_sends():
    (found,) = simulate(waiting(chain(), BinaryDigits), image(6, 5), [7])
    assert [layer.passes for layer in found.layers] == [3, 6, 3]
    assert found.latency_steps == 6


def test_silent_steps_cost_what_others_do():
    dark, bright = (
        next(simulate(waiting(chain(bias=False), Unary), fill * image(6, 5), [7]))
        for fill in (0.0, 1.0)
    )
    assert dark.spikes == 0 < bright.spikes
    assert dark.state_ops == bright.state_ops > 0


def test_every_t_of_a_grid_has_its_recording():
    found = list(simulate(waiting(chain(), Unary), image(6, 5), [4, 7]))
    assert [recording.timesteps for recording in found] == [4, 7]
    assert torch.equal(found[0].output, found[1].output)


def test_a_neuron_that_does_not_wait_is_refused():
    network = spiking(chain(), IF)
    network.protocol = Waiting()
    with pytest.raises(BenchError, match="has a IF, which does not wait"):
        list(simulate(network, image(6, 5), [7]))


def test_a_neuron_that_waits_needs_layers_that_wait():
    network = spiking(chain(), Unary)
    with pytest.raises(BenchError, match=r"Write `network\.protocol = Waiting\(\)`"):
        list(simulate(network, image(6, 5), [7]))


def test_a_map_of_a_spiking_output_is_refused():
    network = waiting(chain(), Unary)
    network.output_map = OutputMap()
    with pytest.raises(BenchError, match="leave out the map"):
        list(simulate(network, image(6, 5), [7]))


def early():
    """Return a network whose output reads the first layer, before the second one in its graph."""

    def compute(net, x):
        first = net.entry(x).relu()
        near = net.near(first)
        return near + net.exit(net.deep(first).relu())

    layers = {"near": conv(3, 1), "deep": conv(3, 3), "exit": conv(3, 1)}
    return Net(compute, entry=conv(1, 3), **layers).double()


def gated():
    """Return a network with a gate that no neuron computes."""

    def compute(net, x):
        first = net.entry(x).relu()
        return net.exit(net.deep(first).relu() * net.gate(first).sigmoid()) + x

    layers = {name: conv(3, 3) for name in ("gate", "deep")}
    return Net(compute, entry=conv(1, 3), exit=conv(3, 1), **layers).double()


def residual():
    """Return a network with a relay: the sum of two currents that nothing activates."""

    def compute(net, x):
        features = net.entry(x).relu()
        return net.exit(net.left(features) + net.right(features)) + x

    layers = {name: conv(3, 3) for name in ("left", "right")}
    return Net(compute, entry=conv(1, 3), exit=conv(3, 1), **layers).double()
