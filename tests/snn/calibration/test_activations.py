"""Statistics from which thresholds are set, against numpy."""

import numpy as np
import pytest
import torch
from torch import nn

from spikebench.snn import Calibration, Network, Relay
from spikebench.snn.calibration.activations import SMALLEST_THRESHOLD
from tests.snn.nets import Net, chain, conv, image


@pytest.fixture
def module() -> nn.Module:
    """Every first-layer channel has currents of either sign: its weights sum to zero."""
    module = chain()
    module[0].weight.data -= module[0].weight.data.mean(dim=(1, 2, 3), keepdim=True)
    module[0].bias.data.zero_()
    return module


@pytest.fixture
def network(module) -> Network:
    return Network.of(module)


@pytest.fixture
def patches() -> torch.Tensor:
    return image(5, 1, 6, 6).float()


@pytest.mark.parametrize("batch", [1, 2, 16])
def test_it_sees_what_enters_every_site_whatever_the_batch(network, patches, batch):
    layers = [node.module for node in network.graph.synapses]
    calibration = Calibration.of(network, patches, batch)
    first, second = (calibration.inputs[site.name] for site in network.sites)
    torch.testing.assert_close(first, layers[0](patches))
    torch.testing.assert_close(second, layers[1](layers[0](patches).relu()))


def test_an_activation_is_rectified_and_a_relayed_current_is_not(patches):
    network = Network.of(nn.Sequential(conv(1, 3), nn.ReLU(), conv(3, 3), conv(3, 1)))
    calibration = Calibration.of(network, patches)
    assert calibration.activation(network.sites[0]).min() == 0
    assert calibration.activation(network.relays[0]).min() < 0


@pytest.mark.parametrize("q", [1, 50, 99.9, 100])
def test_a_percentile_is_that_of_the_nonzero_values(network, patches, q):
    calibration, site = Calibration.of(network, patches), network.sites[0]
    values = calibration.inputs[site.name].numpy()
    expected = np.percentile(values[values > 0], q)
    assert calibration.percentile(site, q).item() == pytest.approx(expected)
    each = [np.percentile(c[c > 0], q) for c in values.transpose(1, 0, 2, 3)]
    found = calibration.percentile(site, q, per_channel=True)
    assert found.shape == (1, 3, 1, 1)
    np.testing.assert_allclose(found.flatten(), each, rtol=1e-6)


def test_the_maximum_is_exact_over_all_patches(network, patches):
    calibration, site = Calibration.of(network, patches, batch=2), network.sites[0]
    values = calibration.inputs[site.name].relu()
    assert calibration.maximum(site) == values.max()
    found = calibration.maximum(site, per_channel=True)
    assert torch.equal(found.flatten(), values.transpose(0, 1).flatten(1).amax(1))


def test_magnitudes_count_at_a_relay(patches):
    network = Network.of(nn.Sequential(conv(1, 3), nn.ReLU(), conv(3, 3), conv(3, 1)))
    calibration, relay = Calibration.of(network, patches), network.relays[0]
    assert calibration.maximum(relay) == calibration.inputs[relay.name].abs().max()
    assert calibration.percentile(relay, 100) == calibration.maximum(relay)


def test_a_silent_channel_gets_the_smallest_threshold(module, patches):
    module[0].weight.data[1], module[0].bias.data[1] = 0.0, -1.0
    network = Network.of(module)
    calibration, site = Calibration.of(network, patches), network.sites[0]
    for found in (
        calibration.maximum(site, per_channel=True),
        calibration.percentile(site, 99.9, per_channel=True),
    ):
        assert found[0, 1, 0, 0] == pytest.approx(SMALLEST_THRESHOLD)
        assert found[0, 0, 0, 0] > SMALLEST_THRESHOLD


def test_the_output_layer_reaches_as_far_as_its_largest_current(patches):
    module = chain()
    network = Network.of(Net(lambda net, x: x - net.body(x), body=module))
    site = Calibration.of(network, patches).place_output(network, Relay)
    largest = module(patches).abs().max()
    torch.testing.assert_close(network.neurons[site.name].theta.flatten(), largest[None])
