"""What one layer sends and hears on the patches, while the layers behind it are not there yet."""

from dataclasses import dataclass

import pytest
import torch

from spikebench.errors import BenchError
from spikebench.snn import IF, Calibration, Network, simulate
from spikebench.snn.calibration.layerwise import activation_gap, layer_currents, mean_output
from spikebench.snn.graph.forward import run_ann
from tests.snn.nets import Net, chain, conv, dncnn, image

T = 5


@pytest.fixture
def network() -> Network:
    """A chain whose second site has no neuron yet."""
    network = Network.of(chain())
    network.place(network.sites[0], IF(torch.tensor(0.25)))
    return network


@pytest.fixture
def patches() -> torch.Tensor:
    return image(20, 1, 6, 6).float()


def sent_by_first(network, patches) -> list[torch.Tensor]:
    """Return what the first site sends at each step, computed by hand."""
    z = network.graph.synapses[0].module(patches).detach()
    v, train = torch.zeros_like(z), []
    for _ in range(T):
        v = v + z
        train.append(0.25 * (v >= 0.25))
        v = v - train[-1]
    return train


def test_the_mean_output_is_that_of_a_simulation(network, patches):
    found = mean_output(network, Calibration.of(network, patches), network.sites[0], T)
    expected = torch.stack(sent_by_first(network, patches)).mean(dim=0)
    torch.testing.assert_close(found, expected)


def test_the_gap_is_what_each_channel_lacks(network, patches):
    calibration, site = Calibration.of(network, patches), network.sites[0]
    lacking = calibration.activation(site) - mean_output(network, calibration, site, T)
    gap = activation_gap(network, calibration, site, T)
    assert gap.shape == (1, 3, 1, 1)
    torch.testing.assert_close(gap.flatten(), lacking.transpose(0, 1).flatten(1).mean(dim=1))


def test_the_currents_are_those_of_each_step_and_the_network_stays_as_it_was(network, patches):
    second = network.graph.synapses[1].module
    found = layer_currents(network, Calibration.of(network, patches), network.sites[1], T, 12)
    expected = [second(spikes).detach() for spikes in sent_by_first(network, patches[:12])]
    torch.testing.assert_close(found, torch.stack(expected))
    assert set(network.neurons) == {network.sites[0].name}


def residual() -> torch.nn.Module:
    """The second site and the sum behind it read the first; a relay stands before the last."""

    def compute(net, x):
        first = net.first(x).relu()
        total = first + net.second(first).relu()
        return net.last(torch.cat([net.third(total), first], dim=1).relu()) + x

    return Net(compute, first=conv(1, 8), second=conv(8, 8), third=conv(8, 8), last=conv(16, 1))


def hybrid() -> torch.nn.Module:
    """Three stages: two gates, the last of which weighs what the first stage sent as well."""

    def compute(net, x):
        first = net.first(x).relu()
        second = net.second(first * net.third(first).relu().sigmoid()).relu()
        gated = net.fourth(second).relu().sigmoid() * second
        return net.last(torch.cat([net.fifth(gated).relu(), first], dim=1))

    layers = {name: conv(8, 8) for name in ("second", "third", "fourth", "fifth")}
    return Net(compute, first=conv(1, 8), last=conv(16, 1), **layers)


def straight(network, patches, site) -> torch.Tensor:
    """Return what a site sends on average, of a simulation of all that is before it."""
    return next(simulate(network.until(site.name), patches, [T])).output


@pytest.mark.parametrize("build", [chain, dncnn, residual, hybrid])
def test_each_layer_hears_what_a_whole_simulation_sends_to_the_bit(build, patches):
    network = Network.of(build())
    calibration = Calibration.of(network, patches)
    for site in network.graph.sites:
        network.place(site, IF(torch.tensor(0.25), initial=torch.tensor(0.125)))
    for site in network.graph.sites:
        found = mean_output(network, calibration, site, T)
        assert torch.equal(found, straight(network, patches, site))


def test_what_changed_is_simulated_again_and_nothing_else(patches, monkeypatch):
    network = Network.of(residual())
    calibration, sites = Calibration.of(network, patches), network.graph.sites
    for site in sites:
        network.place(site, IF(torch.tensor(0.25)))
    before = [mean_output(network, calibration, site, T) for site in sites]
    layers = []

    def listen(stage, *rest):
        layers.append(stage.graph.output)
        return simulate(stage, *rest)

    monkeypatch.setattr("spikebench.snn.calibration.layerwise.simulate", listen)
    mean_output(network, calibration, sites[-1], T)
    assert layers == []
    network.adjust(sites[-1], initial=torch.tensor(0.1))
    assert not torch.equal(mean_output(network, calibration, sites[-1], T), before[-1])
    assert set(layers) == {sites[-1].name}
    network.graph.synapses[0].module.weight.data.mul_(2)
    after = mean_output(network, calibration, sites[-1], T)
    assert set(layers) == {site.name for site in sites}
    assert torch.equal(after, straight(network, patches, sites[-1]))


def test_a_neuron_that_sends_other_values_than_its_numbers_is_no_ground_to_calibrate_on(
    network, patches
):
    @dataclass(frozen=True)
    class Doubling(IF):
        def step(self, *given, out=None):
            values, number = super().step(*given)
            return 2 * values, number

    network.place(network.sites[0], Doubling(torch.tensor(0.25)))
    with pytest.raises(BenchError, match=r"Doubling does not send theta times its numbers"):
        mean_output(network, Calibration.of(network, patches), network.sites[0], T)


def test_the_rest_of_a_network_is_not_run(patches):
    network = Network.of(dncnn())
    first = network.sites[0]
    network.place(first, IF(torch.tensor(0.25)))
    mean_output(network, Calibration.of(network, patches), first, T)
    with pytest.raises(Exception, match="sites have no neuron"):
        next(simulate(network, patches, [T]))
    assert run_ann(network.graph, patches).shape == patches.shape
