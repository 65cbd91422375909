"""The full scale of neurons that wait."""

import pytest
import torch

from spikebench.conformance.nets import build, patches
from spikebench.snn import (
    BinaryDigits,
    Calibration,
    Network,
    Sum,
    Waiting,
    mse_threshold,
    place_codes,
)


def placed(**options):
    network = Network.of(build("residual"))
    calibration = Calibration.of(network, patches())

    def neuron(theta, signed):
        return BinaryDigits(theta, levels=3, signed=signed, nearest=options.get("nearest", True))

    choice = {name: value for name, value in options.items() if name != "nearest"}
    return place_codes(network, calibration, neuron, **choice), calibration


def test_it_is_the_percentile_of_each_channel_and_relays_are_signed():
    network, calibration = placed(percentile=90.0)
    for site in network.graph.sites:
        neuron = network.neurons[site.name]
        assert torch.equal(neuron.theta, calibration.percentile(site, 90.0, per_channel=True))
        assert neuron.signed is (site.role == "relay")
    assert network.relays
    assert (network.protocol, network.readout) == (Waiting(), Sum())


@pytest.mark.parametrize(("nearest", "rounding"), [(True, "nearest"), (False, "floor")])
def test_it_may_lose_least_in_rounding_to_the_levels(nearest, rounding):
    network, calibration = placed(threshold="mse", nearest=nearest)
    for site in network.sites:
        activation = calibration.activation(site)
        found = mse_threshold(activation, 3, per_channel=True, rounding=rounding)
        assert torch.equal(network.neurons[site.name].theta, found.clamp(min=1e-6))
    (relay,) = network.relays
    expected = calibration.percentile(relay, 99.9, per_channel=True)
    assert torch.equal(network.neurons[relay.name].theta, expected)
