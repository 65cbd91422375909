"""Energy of counts, by closed forms, and of a small network counted by hand."""

import pandas as pd
import pytest
import torch
from torch import nn

from spikebench.energy import MODELS, EnergyModel, price
from spikebench.energy.price import ENERGY
from spikebench.snn import IF, Network, simulate
from tests.rows import image_frame, image_row

CACHED, STREAMING = MODELS["45nm_fp32_cached"], MODELS["45nm_fp32_streaming"]
MAC, AC = 4.6e-3, 0.9e-3  # nanojoule
SIDE, CHANNELS = 6, 3


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


def energy(model: EnergyModel, **changes) -> dict:
    (found,) = price(image_frame(image_row(**changes)), [model]).to_dict("records")
    return found


def test_energy_is_macs_and_synops_at_their_prices():
    found = energy(
        CACHED, synops=1000, macs_cached=100, macs_streaming=400, macs_dense=500, state_ops=10**9
    )
    assert found["energy_nj"] == pytest.approx(100 * MAC + 1000 * AC)
    assert found["energy_ann_nj"] == pytest.approx(500 * MAC)
    assert found["ratio"] == pytest.approx((100 * 4.6 + 1000 * 0.9) / (500 * 4.6))


def test_streaming_pays_the_constant_current_at_every_step():
    macs = {"macs_cached": 100, "macs_streaming": 400, "synops": 50, "macs_dense": 500}
    difference = energy(STREAMING, **macs)["energy_nj"] - energy(CACHED, **macs)["energy_nj"]
    assert difference == pytest.approx(300 * MAC)


def test_the_ann_itself_costs_exactly_itself():
    macs = {"macs_cached": 500, "macs_streaming": 500, "macs_dense": 500, "synops": 0}
    assert energy(CACHED, **macs)["ratio"] == energy(STREAMING, **macs)["ratio"] == 1


def test_what_computes_nothing_costs_nothing():
    macs = {"macs_cached": 0, "macs_streaming": 0, "synops": 0, "macs_dense": 500}
    assert energy(CACHED, **macs)["energy_nj"] == energy(CACHED, **macs)["ratio"] == 0


def test_a_cell_is_the_mean_over_its_images_and_its_ratio_that_of_the_means():
    sizes = [(100, 1000), (900, 3000)]
    images = image_frame(
        *(
            image_row(image=str(i), synops=s, macs_cached=0, macs_dense=d)
            for i, (s, d) in enumerate(sizes)
        )
    )
    (found,) = price(images, [CACHED]).to_dict("records")
    assert found["energy_nj"] == pytest.approx(500 * AC)
    assert found["ratio"] == pytest.approx(500 * 0.9 / (2000 * 4.6))


def test_every_cell_t_seed_and_model_has_one_row_in_the_published_columns():
    cells = [(m, t, s) for m in "ab" for t in (1, 4) for s in (0, 1)]
    rows = [
        image_row(method=m, timesteps=t, seed=s, image=i) for m, t, s in cells for i in ("1", "2")
    ]
    found = price(image_frame(*rows), [STREAMING, CACHED])
    keys = [(*cell, name) for cell in cells for name in ("45nm_fp32_streaming", "45nm_fp32_cached")]
    names = ["method", "timesteps", "seed", "energy_model"]
    assert list(found[names].itertuples(index=False, name=None)) == keys
    assert list(found.columns) == ENERGY.names
    assert ENERGY.names == [
        *("task", "dataset", "backbone", "method", "timesteps", "seed", "energy_model"),
        *("energy_nj", "energy_ann_nj", "ratio"),
    ]


def test_silence_costs_the_first_layer_and_nothing_else(network):
    found = counts(with_current(network, 0.0), torch.zeros(1, 1, SIDE, SIDE), timesteps=5)
    first = 9 * CHANNELS * SIDE**2
    assert found == {"synops": 0, "macs_cached": first, "macs_streaming": 5 * first}


def test_a_spike_at_the_border_reaches_fewer_outputs(network):
    found = counts(with_current(network, 1.0), torch.zeros(1, 1, SIDE, SIDE), timesteps=2)
    inner, edges, corners = (SIDE - 2) ** 2 * 9, 4 * (SIDE - 2) * 6, 4 * 4
    assert found["synops"] == 2 * CHANNELS * (inner + edges + corners)  # each neuron, each step
    assert found["synops"] < 2 * CHANNELS * SIDE**2 * 9


def test_the_energy_of_a_counted_network_is_that_of_its_closed_form(network):
    found = counts(with_current(network, 0.5), torch.zeros(1, 1, SIDE, SIDE), timesteps=4)
    dense = 2 * 9 * CHANNELS * SIDE**2
    table = price(image_frame(image_row(**found, macs_dense=dense)), [CACHED, STREAMING])
    energies = table.set_index("energy_model")["energy_nj"]
    spikes = 2  # of each neuron: a current of theta/2 fires at every second of 4 steps
    accumulates = spikes * CHANNELS * (9 * 16 + 6 * 16 + 4 * 4)
    multiplications = 9 * CHANNELS * SIDE**2
    assert energies["45nm_fp32_cached"] == pytest.approx(multiplications * MAC + accumulates * AC)
    assert energies["45nm_fp32_streaming"] == pytest.approx(
        4 * multiplications * MAC + accumulates * AC
    )


def test_prices_do_not_change_the_counts():
    images = image_frame(image_row())
    before = images.copy()
    price(images, [CACHED])
    pd.testing.assert_frame_equal(images, before)
