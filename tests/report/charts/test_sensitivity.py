"""Ranks under each model, against a loop over the rows, and how they are drawn."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pandas as pd
import pytest

from spikebench.report.charts.canvas import INK, LINE, NARROW, PALETTE, QUIET, WIDE
from spikebench.report.charts.sensitivity import (
    _stretches,
    headline,
    ranking_over_models,
    ranks_over_models,
    spoken,
)
from spikebench.report.charts.svg import svg
from tests.report.made_up import ENERGY_MODELS

TITLES = {name: f"Model {place}" for place, name in enumerate(ENERGY_MODELS)}
COLOURS = {*PALETTE, INK, QUIET, LINE, "none", "transparent", None}


def test_a_rank_counts_the_methods_that_are_better_within_the_budget_of_the_model(shown):
    found = ranks_over_models(shown[0], ENERGY_MODELS).set_index(["model", "name"])["rank"]
    for model in ENERGY_MODELS:
        best: dict[str, float] = {}
        for row in shown[0].competitors:
            if row.prices[model].ratio <= 1:
                best[row.name] = max(row.psnr, best.get(row.name, 0.0))
        expected = {
            name: 1 + sum(round(other, 2) > round(psnr, 2) for other in best.values())
            for name, psnr in best.items()
        }
        assert found.get(model, pd.Series(dtype=int)).to_dict() == expected
    assert found["45nm_fp32_cached"].to_dict() != found["lemaire_int32"].to_dict()  # it matters


def made(*ranks: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(ranks, columns=["name", "model", "rank"])


@pytest.mark.parametrize(
    ("ranks", "text"),
    [
        (made(("A", "x", 1), ("A", "y", 1), ("B", "x", 2)), "A leads under 2 of 2 energy models"),
        (
            made(("A", "x", 1), ("B", "x", 1)),
            "A leads under 1 of 2 energy models; B under 1; "
            "under 1 no row stays within the ANN's energy",
        ),
        (made(), "Under no energy model does a row stay within the ANN's energy"),
    ],
)
def test_the_headline_counts_who_leads(ranks, text):
    assert headline(ranks, ["x", "y"]) == text


def test_the_drawing_in_words_lists_every_model():
    words = spoken(made(("B", "x", 2), ("A", "x", 1)), {"x": "First", "y": "Second"})
    assert words == "First: 1 A, 2 B. Second: no row within the energy of the ANN."


@pytest.mark.parametrize("frame", [WIDE, NARROW])
def test_every_model_and_row_is_named_in_colours_that_the_page_knows(shown, frame):
    root = ET.fromstring(svg(ranking_over_models(shown[0], TITLES, frame), "x"))
    words = {"".join(node.itertext()) for node in root.iter("text")}
    assert {"Greedy", "Greedy, no extra", "Steady", *TITLES.values()} <= words
    assert all({node.get("fill"), node.get("stroke")} <= COLOURS for node in root.iter())


def test_a_board_without_any_row_in_budget_is_drawn_empty(shown):
    dear = {name: replace(price, ratio=2.0) for name, price in shown[0].rows[0].prices.items()}
    board = replace(shown[0], rows=[replace(row, prices=dear) for row in shown[0].rows])
    assert ranks_over_models(board, ENERGY_MODELS).empty
    drawing = svg(ranking_over_models(board, TITLES, WIDE), "x")
    assert "Greedy" not in drawing and "rank" in drawing


def test_no_line_is_drawn_over_a_model_without_a_rank():
    table = pd.DataFrame(
        {"name": ["A", "A", "A", "B", "B", "B"], "place": [0, 1, 3, 2, 0, 1]}, index=range(6)
    )
    found = table.assign(stretch=_stretches(table)).groupby(["name", "stretch"])["place"]
    assert [sorted(places) for _, places in found] == [[0, 1], [3], [0, 1, 2]]
