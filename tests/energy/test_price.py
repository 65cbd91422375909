"""Energies of rows and their rivals, ratios and break-even points, by closed forms."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from spikebench.energy import MODELS, EnergyModel
from spikebench.energy.price import price
from spikebench.results.columns.energy import ENERGY
from spikebench.snn import IF, Network, simulate
from tests.rows import image_frame, image_row, layer_frame

CACHED, STREAMING = MODELS["45nm_fp32_cached"], MODELS["45nm_fp32_streaming"]
INT8, STATE = MODELS["45nm_int8_cached"], MODELS["45nm_fp32_state"]
MAC, AC = 4.6e-3, 0.9e-3  # nanojoule
SIDE, CHANNELS = 6, 3
FIRST = {"layer": "first", "input_kind": "analogue", "macs_dense": 100.0, "macs_effective": 90.0}
FIRST |= {"macs_cached": 100.0, "macs_streaming": 400.0}
SECOND = {"layer": "second", "neurons": 8.0, "macs_dense": 400.0, "macs_effective": 200.0}
SPIKING = SECOND | {"events": 40.0, "spikes": 50.0, "synops": 1000.0}
ANN = {"family": "reference", "timesteps": 0, "latency_steps": 0, "method": "ann"}


def priced(model: EnergyModel, *layers: dict, **image) -> dict:
    keys = {name: image[name] for name in ("timesteps", "method") if name in image}
    counted = layer_frame(*(layer | keys for layer in layers or (FIRST, SPIKING)))
    (found,) = price(image_frame(image_row(**image)), counted, [model]).to_dict("records")
    return found


def test_energy_is_macs_and_synops_at_their_prices():
    found = priced(CACHED, state_ops=10**9)
    assert found["energy_nj"] == pytest.approx(100 * MAC + 1000 * AC)
    assert found["energy_ann_nj"] == pytest.approx(500 * MAC)
    assert found["energy_effective_nj"] == pytest.approx(290 * MAC)
    three_bits = (0.9 + 0.2 * 9 / 64) * 1e-3  # T = 4; the layer that reads the image has 32
    assert found["energy_twin_nj"] == pytest.approx(100 * MAC + 400 * three_bits)
    assert found["ratio"] == pytest.approx((100 * 4.6 + 1000 * 0.9) / (500 * 4.6))


def test_streaming_pays_the_constant_current_at_every_step():
    difference = priced(STREAMING)["energy_nj"] - priced(CACHED)["energy_nj"]
    assert difference == pytest.approx(300 * MAC)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_the_ann_itself_costs_exactly_itself_and_the_input_nothing(model):
    shape = {"inputs": 50.0, "outputs": 64.0, "weights": 9.0, "biases": 1.0, "kernel": 9.0}
    macs = {"macs_cached": 400.0, "macs_streaming": 400.0}
    rest = {"macs_streaming": 100.0, "input_kind": "analogue"}
    ann = priced(
        model,
        FIRST | rest | shape,
        SECOND | macs | shape | {"input_kind": "analogue"},
        state_ops=30,
        state_ops_ann=30,
        **ANN,
    )
    assert ann["energy_nj"] == ann["energy_ann_nj"] > ann["energy_effective_nj"] > 0
    assert ann["ratio"] == 1
    assert np.isnan([ann["energy_twin_nj"], ann["break_even_ann"]]).all()
    idle = {"macs_cached": 0.0, "macs_streaming": 0.0, "input_kind": "none"}
    nothing = priced(model, FIRST | idle, SECOND | idle, state_ops=0, state_ops_ann=30, **ANN)
    assert nothing["energy_nj"] == nothing["ratio"] == 0


def test_state_operations_are_charged_to_the_row_and_to_the_ann():
    changes = {"state_ops": 70, "state_ops_ann": 30}
    with_state, without = priced(STATE, **changes), priced(CACHED, **changes)
    assert with_state["energy_nj"] - without["energy_nj"] == pytest.approx(70 * AC)
    assert with_state["energy_ann_nj"] - without["energy_ann_nj"] == pytest.approx(30 * AC)


def test_the_twin_of_one_step_accumulates():
    found = priced(INT8, timesteps=1)
    assert found["energy_twin_nj"] == pytest.approx((100 * 0.23 + 400 * 0.03) * 1e-3)


QUANTISED = {"family": "reference", "timesteps": 4, "latency_steps": 1}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
@pytest.mark.parametrize("timesteps", [1, 4, 32])
def test_a_quantised_ann_pays_its_own_bits_whatever_its_t(model, timesteps):
    """One of 3 bits costs at every T what the twin of T = 4 costs, which has 3 bits, too."""
    macs = {"macs_cached": 400.0, "macs_streaming": 400.0, "input_kind": "analogue", "inputs": 50.0}
    changes = QUANTISED | {"timesteps": timesteps}
    three = priced(model, FIRST, SECOND | macs | {"bits": 3}, **changes)
    twin = priced(model, FIRST, SECOND | macs, **QUANTISED)["energy_twin_nj"]
    assert three["energy_nj"] == twin < three["energy_ann_nj"]
    assert np.isnan(three["break_even_ann"])
    four = priced(model, FIRST, SECOND | macs | {"bits": 4}, **changes)
    assert four["energy_nj"] > three["energy_nj"]


def test_a_quantised_ann_whose_bits_were_not_stored_has_no_price():
    macs = {"macs_cached": 400.0, "macs_streaming": 400.0, "input_kind": "analogue"}
    found = priced(CACHED, FIRST, SECOND | macs, **QUANTISED)
    assert np.isnan([found["energy_nj"], found["ratio"]]).all()
    assert found["energy_twin_nj"] > 0


def test_a_break_even_point_is_where_the_energies_meet():
    """2.5 spikes per neuron cost 1000 ACs; the ANN leaves room for 400 MACs."""
    found = priced(CACHED, spikes_per_neuron=2.5)
    assert found["break_even_ann"] == pytest.approx(2.5 * (400 * 4.6) / (1000 * 0.9))
    assert found["break_even_effective"] == pytest.approx(2.5 * (190 * 4.6) / (1000 * 0.9))


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_at_its_break_even_point_a_row_costs_what_the_ann_costs(model):
    shape = {"inputs": 50.0, "outputs": 64.0, "weights": 9.0, "biases": 1.0, "kernel": 9.0}
    layers = FIRST | shape, SPIKING | shape
    factor = priced(model, *layers, spikes_per_neuron=1.0)["break_even_ann"]
    scaled = {name: SPIKING[name] * factor for name in ("events", "spikes", "synops")}
    assert factor > 0
    met = priced(model, FIRST | shape, SPIKING | shape | scaled, spikes_per_neuron=factor)
    assert met["ratio"] == pytest.approx(1, rel=1e-9)


def test_where_the_row_costs_more_without_any_spike_no_number_of_them_breaks_even():
    found = priced(STREAMING, FIRST | {"macs_streaming": 600.0}, SPIKING)
    assert (found["break_even_ann"], found["break_even_twin"]) == (0, 0)


def test_a_cell_is_the_mean_over_its_images_and_every_model_has_a_row():
    cells = [(m, t, s) for m in "ab" for t in (1, 4) for s in (0, 1)]
    images = [
        image_row(method=m, timesteps=t, seed=s, image=i) for m, t, s in cells for i in ("1", "2")
    ]
    layers = [SPIKING | {"method": m, "timesteps": t, "seed": s} for m, t, s in cells]
    found = price(image_frame(*images), layer_frame(*layers), [STREAMING, CACHED])
    keys = [(*cell, name) for cell in cells for name in ("45nm_fp32_streaming", "45nm_fp32_cached")]
    names = ["method", "timesteps", "seed", "energy_model"]
    assert list(found[names].itertuples(index=False, name=None)) == keys
    assert list(found.columns) == ENERGY.names
    assert ENERGY.names == [
        *("task", "dataset", "backbone", "method", "timesteps", "seed", "energy_model"),
        *("energy_nj", "energy_ann_nj", "energy_effective_nj", "energy_twin_nj", "ratio"),
        *("break_even_ann", "break_even_effective", "break_even_twin"),
    ]


def test_prices_do_not_change_the_counts():
    images, layers = image_frame(image_row()), layer_frame(SPIKING)
    before = images.copy(), layers.copy()
    price(images, layers, list(MODELS.values()))
    pd.testing.assert_frame_equal(images, before[0])
    pd.testing.assert_frame_equal(layers, before[1])


@pytest.fixture
def network() -> Network:
    """Two convolutions of 3 x 3 with zero padding, 1 -> 3 -> 1 channels, IF between them."""
    torch.manual_seed(0)
    layers = [nn.Conv2d(1, CHANNELS, 3, padding=1), nn.ReLU(), nn.Conv2d(CHANNELS, 1, 3, padding=1)]
    network = Network.of(nn.Sequential(*layers))
    for site in network.sites:
        network.place(site, IF(torch.tensor(1.0)))
    return network


def counts(network: Network, image: torch.Tensor, timesteps: int) -> dict[str, int]:
    (found,) = simulate(network, image, [timesteps])
    names = ("synops", "macs_cached", "macs_streaming")
    return {name: sum(getattr(layer, name) for layer in found.layers) for name in names}


def with_current(network: Network, value: float) -> Network:
    """Send the same current to every neuron, whatever the image is."""
    first = network.graph.synapses[0].module
    nn.init.zeros_(first.weight)
    nn.init.constant_(first.bias, value)
    return network


def test_silence_costs_the_first_layer_and_nothing_else(network):
    found = counts(with_current(network, 0.0), torch.zeros(1, 1, SIDE, SIDE), timesteps=5)
    first = 9 * CHANNELS * SIDE**2
    assert found == {"synops": 0, "macs_cached": first, "macs_streaming": 5 * first}


def test_a_spike_at_the_border_reaches_fewer_outputs(network):
    found = counts(with_current(network, 1.0), torch.zeros(1, 1, SIDE, SIDE), timesteps=2)
    inner, edges, corners = (SIDE - 2) ** 2 * 9, 4 * (SIDE - 2) * 6, 4 * 4
    assert found["synops"] == 2 * CHANNELS * (inner + edges + corners)  # each neuron, each step
    assert found["synops"] < 2 * CHANNELS * SIDE**2 * 9
