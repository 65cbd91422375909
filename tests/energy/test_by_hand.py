"""Energies of four rows of a real evaluation, computed again from layers.parquet in plain Python.

Each formula is written down once more, from the papers and not from the library.
"""

import math

import pandas as pd
import pytest

from spikebench.energy import MODELS
from spikebench.energy.price import price
from tests.embedded_run import convert, evaluate, fetch_images

ROWS = {"burst": 2, "graded_reuse": 2, "spikingir": 2, "ann": 0}  # method: T


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> tuple[pd.DataFrame, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("by_hand")
    images = fetch_images(folder)
    shards = []
    for method in ROWS:
        converted = convert(images, folder / f"{method}.safetensors", method)
        shards.append(evaluate(images, converted, folder / method, method, method_label=method))
    return tuple(
        pd.concat([pd.read_parquet(shard / f"{name}.parquet") for shard in shards])
        for name in ("images", "layers")
    )


def arithmetic(layers: list[dict], image: dict, mac: float, ac: float, state: float = 0.0) -> float:
    """Sum MACs and SynOps, and a shift for each SynOp of a graded spike: pJ."""
    total = state * image["state_ops"]
    for layer in layers:
        total += mac * layer["macs_cached"] + ac * layer["synops"]
        total += 0.03 * layer["synops"] * (layer["input_kind"] == "graded")
    return total


def sram(words: float) -> float:
    """An access to a memory of so many 32-bit words: pJ."""
    return 1.09e-5 * 32 * words + 13.2


def lemaire(layers: list[dict], image: dict) -> float:
    add, mac = 0.1, 3.2
    total = 0.0
    for layer in layers:
        spiking = layer["input_kind"] not in ("analogue", "none")
        spikes = layer["spikes"] if spiking else 0.0
        weight, potential = sram(layer["weights"]), sram(layer["outputs"])
        bias = sram(layer["biases"]) if layer["biases"] else 0.0
        # the formal part: it reads an input and a weight for each MAC and writes each output once
        runs = 0.0
        if layer["macs_cached"]:
            runs = layer["macs_cached"] / layer["macs_dense"] if layer["macs_dense"] else 1.0
        total += layer["macs_cached"] * (sram(layer["inputs"]) + weight + mac)
        total += runs * layer["outputs"] * (potential + bias + add)
        kernels = layer["channels_out"] * layer["kernel"]
        total += runs * (layer["inputs"] + layer["outputs"] + kernels) * add
        # the spiking part
        total += spikes * (2 * sram(1000) + 2 * mac + layer["kernel"] * add + add)
        shift = add * (layer["input_kind"] == "graded")
        total += layer["synops"] * (weight + 2 * potential + add + shift)
        held = potential if layer["macs_cached"] else bias
        total += layer["passes"] * layer["outputs"] * (held + 2 * potential + add)
    return total


def movement(layers: list[dict], image: dict) -> float:
    accumulate = 0.05448
    bits = {"none": 0, "binary": 1, "signed": 2, "burst": 8, "graded": 9, "analogue": 0}
    total = accumulate * image["state_ops"]
    for layer in layers:
        events = layer["events"] if layer["input_kind"] != "analogue" else 0.0
        runs = 0.0
        if layer["macs_cached"]:
            runs = layer["macs_cached"] / layer["macs_dense"] if layer["macs_dense"] else 1.0
        total += layer["macs_cached"] * (accumulate * 0.23 / 0.03 + 8 * 0.25)
        total += runs * layer["inputs"] * 8 * 0.25
        shift = accumulate * (layer["input_kind"] == "graded")
        total += layer["synops"] * (accumulate + shift + 8 * 0.25)
        total += events * bits[layer["input_kind"]] * 3.0
        total += layer["passes"] * layer["outputs"] * 2 * 8 * 0.25
    return total


FORMULAS = {
    "45nm_fp32_cached": lambda layers, image: arithmetic(layers, image, 4.6, 0.9),
    "45nm_int8_state": lambda layers, image: arithmetic(layers, image, 0.23, 0.03, 0.1),
    "lemaire_int32": lemaire,
    "movement_22nm": movement,
}


@pytest.mark.parametrize("method", ROWS)
@pytest.mark.parametrize("model", FORMULAS)
def test_the_energy_of_a_row_is_that_of_its_layers_by_hand(tables, model, method):
    images, layers = tables
    found = price(images, layers.reset_index(drop=True), [MODELS[model]])
    row = found[(found["method"] == method) & (found["timesteps"] == ROWS[method])]
    mine = layers[(layers["method"] == method) & (layers["timesteps"] == ROWS[method])]
    (image,) = images[(images["method"] == method) & (images["timesteps"] == ROWS[method])].to_dict(
        "records"
    )
    expected = FORMULAS[model](mine.to_dict("records"), image) * 1e-3
    assert expected > 0
    assert math.isclose(row["energy_nj"].item(), expected, rel_tol=1e-12)


def test_the_rows_hold_what_the_formulas_tell_apart(tables):
    """A burst, a graded row with a pixel map, and the ANN."""
    kinds = set(tables[1]["input_kind"])
    assert {"burst", "graded", "analogue"} <= kinds
    assert "pixel_map" in set(tables[1]["layer"])
