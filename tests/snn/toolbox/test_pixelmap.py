"""The fitted convolution, against numpy's least squares."""

import numpy as np
import pytest
import torch

from spikebench.snn import Calibration, Network, Relay, SignedIF, simulate
from spikebench.snn.engine import tiling
from spikebench.snn.graph.forward import run_ann
from spikebench.snn.toolbox.pixelmap import RIDGE, fit_pixel_map
from tests.snn.nets import dncnn, espcn, image


def spiking_output(module, patches) -> tuple[Network, Calibration]:
    network = Network.of(module)
    calibration = Calibration.of(network, patches)
    for site in network.sites:
        network.place(site, SignedIF(calibration.maximum(site)))
    calibration.place_output(network, Relay)
    return network, calibration


def decoded(network: Network, patches, timesteps) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Return the output layer's decoded values at each T, and the ANN's at the same place."""
    site = network.graph.sites[-1].name
    front = network.until(site)
    outputs = [recording.output for recording in simulate(front, patches, timesteps)]
    return outputs, run_ann(front.graph, patches)


@pytest.mark.parametrize("build", [dncnn, espcn])
@pytest.mark.parametrize("kernel", [1, 3])
def test_it_is_the_least_squares_solution_next_to_the_identity(build, kernel):
    patches = image(3, 1, 6, 6).float()
    network, calibration = spiking_output(build(), patches)
    found = fit_pixel_map(network, calibration, (2, 5), kernel)
    values, target = decoded(network, patches, (2, 5))
    for index, value in enumerate(values):
        weight, bias = least_squares(value.double().numpy(), target.double().numpy(), kernel)
        np.testing.assert_allclose(found.weight[index], weight, atol=1e-4)
        np.testing.assert_allclose(found.bias[index], bias, atol=1e-4)


@pytest.mark.parametrize("build", [dncnn, espcn])
def test_its_error_on_the_patches_is_at_most_that_of_the_identity(build):
    patches, grid = image(3, 1, 8, 8).float(), (1, 2, 4, 8)
    network, calibration = spiking_output(build(), patches)
    pixel_map = fit_pixel_map(network, calibration, grid, 3)
    values, target = decoded(network, patches, grid)
    for time, value in zip(grid, values, strict=True):
        before = (value - target).square().mean()
        assert (pixel_map(value, time) - target).square().mean() <= before


def test_of_a_tuned_network_the_target_are_the_currents_that_enter_the_output_neurons():
    patches, grid = image(3, 1, 6, 6).float(), (1, 4)
    network, calibration = spiking_output(dncnn(), patches)
    found = fit_pixel_map(network, calibration, grid, 3, tuned=True)
    values, ann = decoded(network, patches, grid)
    synapse = network.graph.sites[-1].name.removesuffix("_output")
    inner = network.until(synapse)
    targets = [recording.output for recording in simulate(inner, patches, grid)]
    for index, (value, target) in enumerate(zip(values, targets, strict=True)):
        assert (target - ann).abs().max() > 1e-3
        weight, bias = least_squares(value.double().numpy(), target.double().numpy(), 3)
        np.testing.assert_allclose(found.weight[index], weight, atol=1e-4)
        np.testing.assert_allclose(found.bias[index], bias, atol=1e-4)


@pytest.mark.parametrize("build", [dncnn, espcn])
def test_patches_too_large_to_be_simulated_whole_make_the_same_map(build, monkeypatch):
    patches, grid = image(3, 1, 12, 8).float(), (1, 4)
    network, calibration = spiking_output(build(), patches)
    whole = fit_pixel_map(network, calibration, grid, 3, tuned=True)
    monkeypatch.setattr(tiling, "ALWAYS_WHOLE", 0)
    monkeypatch.setattr(tiling, "BUDGET", 20_000)
    assert torch.equal(
        fit_pixel_map(network, calibration, grid, 3, tuned=True).weight, whole.weight
    )


def least_squares(value: np.ndarray, target: np.ndarray, kernel: int):
    """Stack the ridge's rows sqrt(ridge) * I under the windows and solve for the change."""
    border = kernel // 2
    padded = np.pad(value, [(0, 0), (0, 0), (border, border), (border, border)], mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kernel, kernel), axis=(2, 3))
    rows = windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, value.shape[1] * kernel**2)
    rows = np.hstack([rows, np.ones((len(rows), 1))])
    ridge = RIDGE * np.square(rows).sum(0).mean()
    wanted = (target - value).transpose(0, 2, 3, 1).reshape(len(rows), -1)
    above = np.vstack([rows, np.sqrt(ridge) * np.eye(rows.shape[1])])
    below = np.vstack([wanted, np.zeros((rows.shape[1], wanted.shape[1]))])
    change = np.linalg.lstsq(above, below, rcond=None)[0].T
    channels = value.shape[1]
    weight = change[:, :-1].reshape(channels, channels, kernel, kernel)
    weight[range(channels), range(channels), border, border] += 1.0
    return weight, change[:, -1]
