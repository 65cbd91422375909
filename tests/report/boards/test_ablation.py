"""The ablation holds what the rows' options say, whatever their labels are."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from spikebench.report.boards.ablation import (
    BESIDE_TUNED,
    METHOD,
    PARTS,
    ablation,
    parts_of,
    summary,
)
from spikebench.snn import load_method

NEITHER = {"mprn": False, "cpm": False}
RECIPE = {"tuned": "spikingir_balanced", "places": 5}
# label: (options, PSNR at T = 4), listed in no order and labelled to mislead
MADE = {
    "none": ({}, 28.5),
    "both": (NEITHER, 20.0),
    "mprn": ({"mprn": False}, 21.0),
    "x": ({"cpm": False}, 28.0),
    "y": ({"cpm": False, "spiking_output": False}, 28.25),
    "z": (RECIPE, 28.75),
}
NAMES = ["neither", "CPM", "MPRN", "MPRN, mean of currents", "MPRN and CPM"]


def described(options: dict, label: str = "x", source: str = "methods/spikingir.py") -> dict:
    return {"method": label, "options": json.dumps(options), "source": source}


def made(board, labels):
    """Return the board with a row at T = 4 for each label, and the table of methods."""
    like = next(row for row in board.competitors if row.timesteps == 4)
    prices = {"m": replace(like.price, ratio=0.2)}
    rows = [
        replace(like, method=label, psnr=MADE[label][1], gap_db=MADE[label][1] - 29, prices=prices)
        for label in labels
    ]
    references = [row for row in board.rows if row.reference]
    methods = pd.DataFrame(described(MADE[label][0], label) for label in labels)
    return replace(board, rows=[*references, *rows]), methods


def test_the_parts_are_options_of_the_method_with_these_defaults():
    method = load_method(Path(f"methods/{METHOD}.py"))
    assert {name: getattr(method, name) for name in PARTS} == PARTS
    assert method.options().keys() >= BESIDE_TUNED


@pytest.mark.parametrize(
    ("options", "source"),
    [
        ({"places": 3}, "methods/spikingir.py"),
        ({"reuse": "signed", "mprn": True}, "methods/spikingir.py"),
        ({**RECIPE, "percentile": 99.0}, "methods/spikingir.py"),
        ({}, "methods/srp.py"),
    ],
)
def test_another_method_or_option_is_no_part(options, source):
    assert parts_of(described(options, source=source)) is None


def test_the_folder_of_the_file_does_not_matter():
    assert parts_of(described({}, source="/home/me/spikingir.py")) == PARTS


def test_variants_stand_in_the_order_of_their_parts_and_are_named_by_them(shown):
    found = ablation(*made(shown[0], MADE))
    assert [v.name for v in found.variants] == [*NAMES, "MPRN and CPM, tuned (balanced)"]
    assert [v.rows[4].method for v in found.variants] == ["both", "mprn", "x", "y", "none", "z"]
    assert found.timesteps == [4]


def test_the_summary_says_what_the_parts_bring_alone_together_and_tuned(shown):
    assert summary(ablation(*made(shown[0], MADE))) == (
        "At T = 4: CPM +1.00 dB, MPRN +8.00 dB, both +8.50 dB over neither; tuned, "
        "\N{MINUS SIGN}0.25 dB to the ANN at 20 % of its energy."
    )
    few = ablation(*made(shown[0], ["none", "mprn"]))
    assert summary(few) == "The parts of SpikingIR"


def test_only_one_variant_is_no_ablation(shown):
    assert ablation(*made(shown[0], ["none"])) is None


def test_t_1_is_not_shown_and_the_anns_entropy_is(shown, results):
    found = ablation(shown[0], results.methods)
    assert [variant.name for variant in found.variants] == ["CPM", "MPRN and CPM"]
    assert found.timesteps == [2, 4, 8]
    assert found.entropy_ann == 6.0


def test_without_a_measured_reference_the_anns_entropy_is_unknown(shown, results):
    rows = [row for row in shown[0].rows if not row.reference]
    found = ablation(replace(shown[0], rows=rows), results.methods)
    assert math.isnan(found.entropy_ann)
