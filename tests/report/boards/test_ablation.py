"""The ablation holds what the rows' options say, whatever their labels and their file are."""

import json
import math
from dataclasses import replace

import pandas as pd
import pytest

from spikebench.report.boards.ablation import ablation, summary
from spikebench.report.boards.taken_apart import part_word, taken_apart

SETTINGS = {"tuned": "", "places": 6, "alpha": True, "cpm": True, "spiking_output": True}
NEITHER = {"alpha": False, "cpm": False}
RECIPE = {"tuned": "mine_balanced", "places": 5}
# label: (options, PSNR at T = 4), listed in no order and labelled to mislead
MADE = {
    "none": ({}, 28.5),
    "both": (NEITHER, 20.0),
    "alpha": ({"alpha": False}, 21.0),
    "x": ({"cpm": False}, 28.0),
    "y": ({"cpm": False, "spiking_output": False}, 28.25),
    "z": (RECIPE, 28.75),
}
NAMES = ["neither", "CPM", "alpha", "alpha, no spiking output", "alpha and CPM"]


def described(label: str, options: dict, source: str = "methods/mine.py", **settings) -> dict:
    known = {**SETTINGS, **settings, **options}
    return {
        "method": label,
        "title": "Mine (re-derived)",
        "options": json.dumps(options),
        "settings": json.dumps(known),
        "source": source,
    }


def methods(*labels: str) -> pd.DataFrame:
    return pd.DataFrame([described(label, MADE[label][0]) for label in labels or MADE])


def made(board, labels=tuple(MADE), more=()):
    """Return the board with a row at T = 4 for each label, and the table of all methods."""
    like = next(row for row in board.competitors if row.timesteps == 4)
    prices = {"m": replace(like.price, ratio=0.2)}
    rows = [
        replace(like, method=label, psnr=MADE[label][1], gap_db=MADE[label][1] - 29, prices=prices)
        for label in labels
    ]
    references = [row for row in board.rows if row.reference]
    table = pd.concat([methods(), pd.DataFrame(more)], ignore_index=True)
    return replace(board, rows=[*references, *rows]), table


def test_the_parts_are_the_switches_that_a_row_turns_alone():
    found = taken_apart(methods())
    assert (found.title, found.label, found.source) == ("Mine", "none", "methods/mine.py")
    assert found.parts == {"alpha": True, "cpm": True}
    assert found.others == {"spiking_output": True}


def test_where_no_row_turns_a_switch_alone_all_are_parts():
    assert taken_apart(methods("none", "both")).parts == {"alpha": True, "cpm": True}


def test_a_switch_whose_default_is_off_is_a_part_too():
    rows = [described("a", {}, hard=False), described("b", {"hard": True, "cpm": False})]
    found = taken_apart(pd.DataFrame(rows))
    assert found.parts == {"hard": False, "cpm": True}


def test_one_switch_is_no_ablation_and_the_file_with_most_switches_is_taken():
    assert taken_apart(methods("none", "alpha")) is None
    other = [
        described("p", {}, "methods/other.py"),
        described("q", {"cpm": False, "alpha": False, "spiking_output": False}, "methods/other.py"),
    ]
    table = pd.concat([methods("none", "both"), pd.DataFrame(other)])
    assert taken_apart(table).source == "methods/other.py"


@pytest.mark.parametrize(
    ("options", "source"),
    [
        ({"places": 3}, "methods/mine.py"),
        ({"reuse": "signed", "alpha": True}, "methods/mine.py"),
        ({**RECIPE, "reuse": "signed"}, "methods/mine.py"),
        ({}, "methods/other.py"),
    ],
)
def test_another_option_or_file_is_no_variant(shown, options, source):
    board, table = made(shown[0], more=[described("more", options, source)])
    like = board.competitors[0]
    board = replace(board, rows=[*board.rows, replace(like, method="more")])
    assert len(ablation(board, table).variants) == len(MADE)


def test_variants_stand_in_the_order_of_their_parts_and_are_named_by_them(shown):
    found = ablation(*made(shown[0]))
    assert [v.name for v in found.variants] == [*NAMES, "alpha and CPM, tuned (balanced)"]
    assert [v.rows[4].method for v in found.variants] == ["both", "alpha", "x", "y", "none", "z"]
    assert found.timesteps == [4]


def test_variants_of_one_recipe_are_told_apart_by_their_numbers(shown):
    board, table = made(shown[0])
    more = described("more", RECIPE | {"places": 7})
    like = board.competitors[0]
    board = replace(board, rows=[*board.rows, replace(like, method="more")])
    found = ablation(board, pd.concat([table, pd.DataFrame([more])]))
    assert [variant.name for variant in found.variants][-2:] == [
        "alpha and CPM, tuned (balanced), places 5",
        "alpha and CPM, tuned (balanced), places 7",
    ]


def test_the_summary_says_what_the_parts_bring_alone_together_and_tuned(shown):
    assert summary(ablation(*made(shown[0]))) == (
        "At T = 4: alpha +8.00 dB, CPM +1.00 dB, both +8.50 dB over neither; tuned, "
        "\N{MINUS SIGN}0.25 dB to the ANN at 20 % of its energy."
    )
    assert summary(ablation(*made(shown[0], ["none", "alpha"]))) == "The parts of Mine"


def test_the_largest_t_are_shown_where_there_are_many(shown):
    board, table = made(shown[0])
    more = [replace(r, timesteps=t) for r in board.competitors for t in (2, 8, 16, 32, 50)]
    found = ablation(replace(board, rows=[*board.rows, *more]), table)
    assert found.timesteps == [8, 16, 32, 50]


def test_the_summary_speaks_of_the_most_timesteps_that_all_variants_have(shown):
    board, table = made(shown[0])
    later = [
        replace(r, timesteps=8, psnr=r.psnr + 0.5) for r in board.competitors if r.method != "z"
    ]
    found = ablation(replace(board, rows=[*board.rows, *later]), table)
    assert found.timesteps == [4, 8]
    assert summary(found).startswith("At T = 8: alpha +8.00 dB")
    assert "tuned" not in summary(found)  # its only row has another T


def test_a_short_option_is_an_acronym_and_a_long_one_words():
    assert (part_word("mprn"), part_word("spiking_output")) == ("MPRN", "spiking output")


def test_only_one_variant_is_no_ablation(shown):
    assert ablation(*made(shown[0], ["none"])) is None


def test_t_1_is_not_shown_and_the_anns_entropy_is(shown, results):
    found = ablation(shown[0], results.methods)
    assert [variant.name for variant in found.variants] == ["neither", "MPRN and CPM"]
    assert found.timesteps == [2, 4, 8]
    assert found.entropy_ann == 6.0


def test_without_a_measured_reference_the_anns_entropy_is_unknown(shown, results):
    rows = [row for row in shown[0].rows if not row.reference]
    found = ablation(replace(shown[0], rows=rows), results.methods)
    assert math.isnan(found.entropy_ann)
