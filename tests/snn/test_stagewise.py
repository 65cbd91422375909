"""What one layer sends and hears on the patches, while the layers behind it are not there yet."""

import pytest
import torch

from spikebench.snn import IF, Calibration, Network, simulate
from spikebench.snn.analogue import run_ann
from spikebench.snn.stagewise import activation_gap, currents, mean_output
from tests.snn.nets import chain, dncnn, image

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
    found = currents(network, patches, network.sites[1], T)
    expected = [second(spikes).detach() for spikes in sent_by_first(network, patches)]
    torch.testing.assert_close(found, torch.stack(expected))
    assert set(network.neurons) == {network.sites[0].name}


def test_the_rest_of_a_network_is_not_run(patches):
    network = Network.of(dncnn())
    first = network.sites[0]
    network.place(first, IF(torch.tensor(0.25)))
    mean_output(network, Calibration.of(network, patches), first, T)
    with pytest.raises(Exception, match="sites have no neuron"):
        next(simulate(network, patches, [T]))
    assert run_ann(network.graph, patches).shape == patches.shape
