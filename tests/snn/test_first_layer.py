"""I5 in full networks: the first layer's current is constant, so its spikes are known before."""

import pytest
import torch

from spikebench.ann.backbone import load_backbone, load_backbone_spec
from spikebench.ann.weights import fetch_weights
from spikebench.snn import IF, Calibration, Network, Step
from spikebench.snn.engine.simulation import Simulation
from tests.snn.invariants.trains import Heard
from tests.snn.nets import dncnn, espcn, image

GRID = (1, 2, 4, 8, 16, 32)


@torch.inference_mode()
def check_first_layer(module: torch.nn.Module, first: torch.nn.Conv2d, picture: torch.Tensor):
    """Assert N(T) = clip(floor((T z + v0) / theta), 0, T) at every T, with theta per channel."""
    network = Network.of(module)
    calibration = Calibration.of(network, picture.float())
    for site in network.sites:
        theta = calibration.percentile(site, 99.0, per_channel=True)
        network.place(site, IF(theta, initial=theta / 2))
    network.to(torch.float64)
    heard = Heard(network)
    simulation = Simulation(network, picture, observe=heard)
    site = network.sites[0].name
    z, theta = first.double()(picture), network.neurons[site].theta
    for time in range(1, max(GRID) + 1):
        simulation.step(Step(time))
        if time in GRID:
            expected = ((time * z + theta / 2) / theta).floor().clip(0, time)
            assert torch.equal(sum(spikes != 0 for spikes in heard[site]).double(), expected)
            assert expected.amax() == time  # some neuron is saturated
            assert 0 < (expected > 0).double().mean() < 1


@pytest.mark.parametrize("build", [dncnn, espcn])
def test_the_first_layer_is_the_quantised_activation(build):
    module = build()
    check_first_layer(
        module, next(m for m in module.modules() if hasattr(m, "weight")), image(9, 8)
    )


@pytest.mark.mirror
def test_the_first_layer_of_dncnn_is_the_quantised_activation_at_every_t(mirror, tmp_path):
    spec = load_backbone_spec("dncnn_s25")
    fetch_weights(spec, tmp_path / "weights.safetensors")
    module = load_backbone(spec, tmp_path / "weights.safetensors")
    check_first_layer(module, module.model[0], image(24, 24))
