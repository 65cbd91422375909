"""A layer fitted through its steps: its gradient, and what it leaves alone."""

import pytest
import torch

from spikebench.snn import IF, Calibration, Network
from spikebench.snn.calibration.layerwise import mean_output, sent_before
from spikebench.snn.toolbox.through_time import fit_layer
from tests.snn.nets import chain, image

T = 16


@pytest.fixture
def converted() -> tuple[Network, Calibration]:
    network = Network.of(chain())
    network.graph = network.graph.with_own_weights()
    calibration = Calibration.of(network, image(4, 1, 8, 8, seed=1).float())
    for site in network.sites:
        theta = calibration.mse(site, T, per_channel=True, rounding="nearest")
        network.place(site, IF(theta, initial=theta / 2))
    return network, calibration


def test_weights_biases_and_potentials_move_towards_the_ann(converted):
    network, calibration = converted
    site, other = network.sites[1], network.graph.synapses[0].module.weight.clone()
    target = calibration.activation(site)
    with torch.no_grad():
        network.graph.synapses[1].module.weight.mul_(0.8)  # which the descent has to find back
    before = (mean_output(network, calibration, site, T) - target).square().mean()
    weight = network.graph.synapses[1].module.weight.clone()
    initial = network.neurons[site.name].initial.clone()
    fit_layer(network, calibration, site, T, rounds=80, batch=4, rate=1e-2)
    after = (mean_output(network, calibration, site, T) - target).square().mean()
    assert after < 0.5 * before
    assert not torch.equal(network.graph.synapses[1].module.weight, weight)
    assert not torch.equal(network.neurons[site.name].initial, initial)
    assert torch.equal(network.graph.synapses[0].module.weight, other)


def test_without_a_round_nothing_moves(converted):
    network, calibration = converted
    site = network.sites[1]
    before = mean_output(network, calibration, site, T)
    fit_layer(network, calibration, site, T, rounds=0, batch=4, rate=1.0)
    assert torch.equal(mean_output(network, calibration, site, T), before)


def test_what_was_sent_before_has_the_recorded_mean(converted):
    network, calibration = converted
    (name, sent), *_ = sent_before(network, calibration, network.sites[1], T).items()
    assert sent.shape[0] == T
    mean = mean_output(network, calibration, network.graph[name], T)
    assert torch.allclose(sent.mean(dim=0), mean)
