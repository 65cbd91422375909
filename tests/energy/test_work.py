"""What each system does, from two layers written down by hand: one reads the image, one spikes."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikebench.energy.work import are_bits_known, rows_of, silent, twin_bits, work
from tests.rows import image_frame, image_row, layer_frame

FIRST = {"layer": "first", "input_kind": "analogue", "macs_dense": 90.0, "macs_effective": 80.0}
FIRST |= {"macs_cached": 90.0, "macs_streaming": 360.0, "passes": 5.0, "inputs": 10.0}
SECOND = {"layer": "second", "neurons": 8.0, "events": 10.0, "spikes": 16.0, "synops": 144.0}
SECOND |= {"passes": 5.0, "macs_dense": 810.0, "macs_effective": 400.0, "outputs": 64.0}
ROWS = ["first", "second", "state"]


def done(system: str, first_layer: str = "cached", **second) -> pd.DataFrame:
    layers = layer_frame(FIRST, SECOND | second)
    images = image_frame(image_row(state_ops=70, state_ops_ann=30))
    return work(layers, rows_of(images), system, first_layer).set_axis(ROWS)


def column(table: pd.DataFrame, name: str) -> list:
    return table[name].tolist()


def test_the_spiking_network_did_what_was_counted():
    table = done("snn")
    assert column(table, "macs") == [90, 0, 0]
    assert column(table, "reads") == [1, 0, 0]
    assert column(table, "synops") == [0, 144, 0]
    assert column(table, "spikes") == [0, 16, 0]
    assert column(table, "events") == [0, 10, 0]
    assert column(table, "passes") == [5, 5, 0]
    assert column(table, "state_ops") == [0, 0, 70]
    assert column(table, "input_kind") == ["analogue", "binary", "none"]
    assert column(table, "outputs") == [0, 64, 0]


def test_a_quantised_ann_does_all_of_it_at_its_stored_bits():
    table = done("quantised", bits=4)
    assert column(table, "macs") == [90, 810, 0]
    assert column(table, "bits") == [0, 4, 0]  # what reads the image keeps its width
    assert column(done("quantised"), "bits") == [0, 0, 0]


def test_bits_are_known_of_the_rows_whose_layers_store_them():
    told = [{"method": "a", "bits": 3}, {"method": "b"}]
    layers = layer_frame(*(SECOND | each for each in told))
    rows = rows_of(image_frame(*(image_row(method=name) for name in "abc")))
    known = dict(zip(rows["method"], are_bits_known(layers, rows), strict=True))
    assert known == {"a": True, "b": False, "c": False}


def test_streaming_reads_the_image_at_every_step():
    table = done("snn", "streaming")
    assert column(table, "macs") == [360, 0, 0]
    assert column(table, "reads") == [4, 0, 0]


def test_a_layer_that_the_ann_lacks_is_read_once_and_keeps_numbers_numbers():
    """Such as a pixel map: it has MACs, the ANN none."""
    table = done("snn", macs_dense=0.0, macs_cached=36.0, macs_streaming=36.0)
    assert column(table, "reads") == [1, 1, 0]
    assert table["reads"].dtype == float


def test_an_analogue_layer_has_macs_and_no_spikes():
    """What is sent are values: they are moved, and multiplied, at every pass."""
    analogue = {"macs_cached": 4050.0, "macs_streaming": 4050.0, "synops": 0.0}
    table = done("snn", **analogue, input_kind="analogue")
    assert column(table, "macs") == [90, 4050, 0]
    assert column(table, "reads") == [1, 5, 0]
    assert column(table, "spikes") == column(table, "events") == [0, 0, 0]


@pytest.mark.parametrize(
    ("system", "macs", "bits"),
    [
        ("ann", [90, 810, 0], [0, 0, 0]),
        ("effective", [80, 400, 0], [0, 0, 0]),
        ("twin", [90, 810, 0], [0, 3, 0]),  # T = 4 has 5 outcomes; the image keeps its width
    ],
)
def test_the_rivals_pass_once_without_any_spike(system, macs, bits):
    table = done(system)
    assert column(table, "macs") == macs
    assert column(table, "bits") == bits
    assert column(table, "reads") == [1, 1, 0]
    assert column(table, "state_ops") == [0, 0, 30]
    assert (table[["synops", "spikes", "events", "passes"]] == 0).all(axis=None)


def test_a_layer_that_the_ann_lacks_is_read_once_by_the_row_and_not_by_the_ann():
    pixel_map = {"macs_cached": 9.0, "macs_streaming": 9.0, "neurons": 0.0, "events": 0.0}
    changes = pixel_map | {"spikes": 0.0, "synops": 0.0, "macs_dense": 0.0, "macs_effective": 0.0}
    assert column(done("snn", **changes, input_kind="analogue"), "reads") == [1, 1, 0]
    assert column(done("ann", **changes, input_kind="analogue"), "reads") == [1, 0, 0]


def test_silence_keeps_macs_updates_and_state():
    table = done("snn")
    still = silent(table)
    assert (still[["synops", "spikes", "events"]] == 0).all(axis=None)
    rest = table.columns.difference(["synops", "spikes", "events"])
    pd.testing.assert_frame_equal(still[rest], table[rest])


@given(st.integers(0, 10**6))
def test_the_twin_has_the_fewest_bits_that_tell_t_plus_1_outcomes_apart(timesteps):
    bits = twin_bits(pd.Series([timesteps]))[0]
    assert 2**bits >= timesteps + 1
    assert bits == 0 or 2 ** (bits - 1) < timesteps + 1


def test_a_cell_is_the_mean_over_its_images():
    images = image_frame(
        image_row(image="1", state_ops=10, spikes_per_neuron=1.0),
        image_row(image="2", state_ops=30, spikes_per_neuron=2.0),
        image_row(image="1", state_ops=5, method="b"),
    )
    found = rows_of(images).set_index("method")
    assert found["state_ops"].to_dict() == {"a": 20, "b": 5}
    assert found.loc["a", "spikes_per_neuron"] == 1.5


def test_special_functions_of_analogue_nodes_are_every_systems():
    images = image_frame(image_row())
    layers = layer_frame({"macs_dense": 9.0}, {"layer": "gate", "special_ops": 4.0})
    for system in ("snn", "ann", "effective", "twin"):
        table = work(layers, rows_of(images), system)
        assert column(table, "special_ops") == [0, 4, 0]
