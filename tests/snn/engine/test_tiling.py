"""Bands together are the whole image: its output, its counts, at every T."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from spikebench.conformance.nets import NETS, build
from spikebench.snn import (
    IF,
    Calibration,
    DelayedMean,
    Network,
    Protocol,
    Relay,
    ReuseAfterwards,
    SignedIF,
    simulate,
)
from spikebench.snn.engine import tiling as bands
from spikebench.snn.toolbox.pixelmap import fit_pixel_map
from spikebench.snn.toolbox.presimulation import Presimulation
from tests.impostor import device, lent
from tests.snn.graph.test_receptive import deep_skip, strided
from tests.snn.nets import chain, dncnn, espcn, image, spiking

GRID = [1, 3, 6]
MODULES = {"chain": chain, "dncnn": dncnn, "espcn": espcn, "skip": deep_skip, "strided": strided}


@pytest.fixture(autouse=True)
def always_in_bands(monkeypatch):
    monkeypatch.setattr(bands, "ALWAYS_WHOLE", 0)


def both(network: Network, picture: torch.Tensor, budget: int, monkeypatch) -> tuple[list, list]:
    """Return the recordings in bands, of which there are several, and those of the whole."""
    monkeypatch.setattr(bands, "BUDGET", budget)
    assert len(bands.bands(network, picture)) > 2
    parts = list(simulate(network, picture, GRID))
    monkeypatch.setattr(bands, "BUDGET", 1 << 40)
    assert not bands.bands(network, picture)
    return parts, list(simulate(network, picture, GRID))


def check_equal(parts: list, whole: list) -> None:
    assert [part.timesteps for part in parts] == GRID
    for part, expected in zip(parts, whole, strict=True):
        torch.testing.assert_close(part.output, expected.output, rtol=0, atol=1e-12)
        assert part.layers == expected.layers
        for name in ("latency_steps", "neurons", "spikes", "state_ops", "spike_kind"):
            assert getattr(part, name) == getattr(expected, name)


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("neuron", [IF, SignedIF])
def test_bands_equal_the_whole(name, neuron, monkeypatch):
    network = spiking(MODULES[name](), neuron)
    check_equal(*both(network, image(2, 1, 48, 16), budget=1, monkeypatch=monkeypatch))


@pytest.mark.parametrize("name", NETS)
def test_bands_equal_the_whole_on_every_kind_of_network(name, monkeypatch):
    network = spiking(build(name))
    check_equal(*both(network, image(1, 1, 48, 16), budget=1, monkeypatch=monkeypatch))


@pytest.mark.parametrize("protocol", [ReuseAfterwards(), Presimulation(), Protocol()])
def test_every_phase_is_run_in_bands(protocol, monkeypatch):
    network = spiking(chain())
    network.protocol = protocol
    check_equal(*both(network, image(24, 9), budget=1, monkeypatch=monkeypatch))


def test_a_spiking_output_layer_with_a_pixel_map_in_bands(monkeypatch):
    network, picture = spiking(espcn()), image(24, 9)
    network.spiking_output(Relay(torch.tensor(0.25, dtype=torch.float64)))
    calibration = Calibration.of(network, image(2, 1, 12, 12, seed=1))
    monkeypatch.setattr(bands, "BUDGET", 1 << 40)
    network.output_map = fit_pixel_map(network, calibration, tuple(GRID), kernel=5)
    parts, whole = both(network, picture, budget=1, monkeypatch=monkeypatch)
    check_equal(parts, whole)
    for part, expected in zip(parts, whole, strict=True):
        torch.testing.assert_close(part.decoded, expected.decoded, rtol=0, atol=1e-12)


def test_bands_fit_the_budget_and_cover_every_row_once(monkeypatch):
    network, picture = spiking(chain()), image(100, 10)
    monkeypatch.setattr(bands, "BUDGET", 30 * 10 * 7 * bands.OF_A_NEURON)
    found = bands.bands(network, picture)
    assert [(band.first, band.last) for band in found] == [
        (0, 24), (24, 48), (48, 72), (72, 96), (96, 100)
    ]  # fmt: skip
    assert all(band.bottom - band.top <= 30 for band in found)
    assert [(band.top, band.bottom) for band in found[:2]] == [(0, 27), (21, 51)]


def test_what_fits_is_simulated_whole(monkeypatch):
    network, picture = spiking(chain()), image(100, 10)
    monkeypatch.setattr(bands, "BUDGET", 100 * 10 * 7 * bands.OF_A_NEURON)
    assert bands.bands(network, picture) == []


def test_small_images_are_not_even_measured(monkeypatch):
    monkeypatch.setattr(bands, "ALWAYS_WHOLE", 1000)
    monkeypatch.setattr(bands, "geometry", None)  # would fail if called
    assert bands.bands(spiking(chain()), image(100, 10)) == []


def test_networks_that_see_the_whole_image_are_simulated_whole(monkeypatch):
    monkeypatch.setattr(bands, "BUDGET", 1)
    flat = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(64, 2))
    network = Network.of(flat)
    network.place(network.sites[0], IF(torch.tensor(0.25)))
    assert bands.bands(network, image(8, 8)) == []


def test_a_delayed_readout_in_bands(monkeypatch):
    network = spiking(chain())
    network.readout = DelayedMean(start=0)
    check_equal(*both(network, image(24, 9), budget=1, monkeypatch=monkeypatch))


@pytest.mark.parametrize("budget", [1, 40_000])
@pytest.mark.parametrize("name", MODULES)
def test_on_a_device_bands_and_steps_that_fit_a_budget_are_the_whole(name, budget):
    """The smaller budget lets a layer take one step at a time, too."""
    network = spiking(MODULES[name]())
    picture = image(2, 1, 48, 16)
    whole = list(simulate(network, picture, GRID))
    with lent():
        there = network.to(device())
        parts = list(simulate(there, picture.to(device()), GRID, budget=budget))
        parts = [replace(part, output=part.output.cpu()) for part in parts]
    check_equal(parts, whole)
