"""Stage II of the two-stage optimisation: a layer comes nearer to the ANN."""

from pathlib import Path

import pytest
import torch

from spikebench.snn import Calibration, Network, load_method
from spikebench.snn.calibration.layerwise import activation_gap, mean_output
from tests.snn.nets import dncnn, espcn, image

FILE, T = Path("methods/dual_phase.py"), 8


def patches():
    return image(4, 1, 8, 8, seed=1).float()


@pytest.mark.parametrize("build", [dncnn, espcn])
def test_the_descent_lowers_the_error_behind_the_first_layer(build):
    """The first layer's current is constant: its best quantiser is known from the start."""
    module, errors = build(), []
    calibration = Calibration.of(Network.of(module), patches())
    for iterations in (0, 40):
        network = load_method(FILE, {"iterations": iterations}).apply(module, patches(), (T,))
        lacking = [
            (mean_output(network, calibration, s, T) - calibration.activation(s)).square().mean()
            for s in network.sites[1:]
        ]
        errors.append(torch.stack(lacking).mean())
    assert errors[1] < 0.97 * errors[0]


@pytest.mark.parametrize("build", [dncnn, espcn])
def test_the_means_are_those_of_the_ann_nearly(build):
    module = build()
    calibration = Calibration.of(Network.of(module), patches())
    network = load_method(FILE).apply(module, patches(), (T,))
    for site in network.sites:
        gap = activation_gap(network, calibration, site, T).abs().mean()
        assert gap < 0.02 * calibration.activation(site).mean()


@pytest.mark.parametrize("build", [dncnn, espcn])
def test_fitted_weights_lower_the_error_and_leave_the_backbones_alone(build):
    """Again of the second layer: with a constant current there is little to gain."""
    torch.manual_seed(0)
    module, errors = build(), []
    before = [p.clone() for p in module.parameters()]
    calibration = Calibration.of(Network.of(module), patches())
    for rounds in (1, 150):
        options = {"rounds": rounds, "batch": 4, "weight_rate": 3e-3}
        network = load_method(FILE, options).apply(module, patches(), (T,))
        site = network.sites[1]
        lacking = mean_output(network, calibration, site, T) - calibration.activation(site)
        errors.append(lacking.square().mean())
    assert errors[1] < 0.95 * errors[0]
    assert all(torch.equal(a, b) for a, b in zip(before, module.parameters(), strict=True))
