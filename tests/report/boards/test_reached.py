"""The least energy near the ANN, computed again from Parquet with pandas alone."""

import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from spikebench.report.boards.of_results import boards
from spikebench.report.boards.reached import MARGINS, QUANTISED, matrix, reached, spread
from spikebench.report.results import Results

PUBLISHED = Path("results/published")


@pytest.mark.skipif(not (PUBLISHED / "run.parquet").is_file(), reason="no run is published")
@pytest.mark.parametrize("margin", MARGINS)
def test_the_published_matrix_is_that_of_the_tables(margin):
    keys = ["dataset", "backbone", "method", "timesteps"]
    models = pd.read_parquet(PUBLISHED / "energy_models.parquet")["name"]
    prices = pd.read_parquet(PUBLISHED / "prices.parquet")
    ratios = prices.pivot_table(index=keys, columns="energy_model", values="ratio")
    rows = pd.read_parquet(PUBLISHED / "leaderboard.parquet").set_index(keys).join(ratios)
    rows = rows[(rows["family"] != "reference") & (rows["gap_db"] >= -margin)].reset_index()
    for board in boards(Results.read(PUBLISHED)):
        here = rows[(rows["dataset"] == board.dataset) & (rows["backbone"] == board.backbone)]
        least = here.groupby("spike_class")[models[0]].min()
        found = {each.kind: each for each in reached(board, margin) if each.rows}
        assert set(least.index) == found.keys() - {QUANTISED}
        for kind, energy in least.items():
            of_kind = here[here["spike_class"] == kind]
            tied = of_kind[(of_kind[models[0]] * 100).round() == round(energy * 100)]
            listed = {(row.method, row.timesteps) for row in found[kind].rows}
            assert listed == set(zip(tied["method"], tied["timesteps"], strict=True))
            best = found[kind].best
            at = (of_kind["method"] == best.method) & (of_kind["timesteps"] == best.timesteps)
            ends = of_kind.loc[at, list(models)].iloc[0]
            assert found[kind].range == f"{ends.min() * 100:.0f} % to {ends.max() * 100:.0f} %"


def near(board, *labels: str):
    """Return the board with these methods at the ANN's PSNR."""
    rows = [replace(r, gap_db=0.0 if r.method in labels else r.gap_db) for r in board.rows]
    return replace(board, rows=rows)


def test_rows_that_cost_the_same_to_a_percent_are_all_listed(shown):
    board = near(shown[0], "greedy", "greedy_plain")
    ratios = {"greedy": 0.301, "greedy_plain": 0.299}
    rows = [
        replace(
            row, prices={n: replace(p, ratio=ratios[row.method]) for n, p in row.prices.items()}
        )
        for row in board.rows
        if row.method in ratios and row.timesteps == 1
    ]
    (found,) = reached(replace(board, rows=rows), 0.1)
    assert [row.method for row in found.rows] == ["greedy", "greedy_plain"]  # best PSNR first


def test_a_kind_that_does_not_reach_it_shows_its_nearest_row(shown):
    found = {each.kind: each for each in reached(shown[0], 0.1)}
    assert found.keys() == {"binary", "signed"}
    for each in found.values():
        rows = [row for row in shown[0].competitors if row.spike_class == each.kind]
        assert each.rows == []
        assert each.best.gap_db == max(row.gap_db for row in rows)


def test_rows_without_a_price_are_near_and_not_priced(shown):
    rows = [
        replace(r, prices={n: replace(p, ratio=math.nan) for n, p in r.prices.items()})
        if r.method == "steady"
        else r
        for r in near(shown[0], "steady").rows
    ]
    found = {each.kind: each for each in reached(replace(shown[0], rows=rows), 0.1)}
    assert found["signed"].unpriced and found["signed"].rows == []
    assert spread(found["signed"].best) == "not priced"
    assert not found["binary"].unpriced


def test_every_kind_of_any_board_has_a_column(shown):
    graded = [
        replace(row, spike_class="graded") if row.method == "greedy" else row
        for row in shown[1].rows
    ]
    found = matrix([shown[0], replace(shown[1], rows=graded)])
    assert found.kinds == ["binary", "signed", "graded"]
    (_, one), (_, other) = found.lines
    assert one[2] == "no row"
    assert [each.kind for each in other[2]] == ["graded", "graded"]
    assert [each.margin for each in other[0]] == list(MARGINS)


def test_a_board_says_why_it_has_no_row_of_a_kind(shown):
    timed = replace(shown[0], rows=[replace(row, spike_class="timed") for row in shown[0].rows])
    signed = replace(
        shown[0],
        rows=[
            row if row.reference else replace(row, spike_class="signed") for row in shown[0].rows
        ],
    )
    found = matrix([shown[0], timed, signed])
    assert found.kinds == ["binary", "timed", "signed"]
    (_, both), (_, one), (_, needs_a_sign) = found.lines
    assert (both[1], one[0], one[2]) == ("no row",) * 3
    assert needs_a_sign[:2] == ["negative values need a sign"] * 2


def test_a_board_of_signed_spikes_alone_may_lack_others_of_signed_values(shown):
    graded = replace(shown[0], rows=[replace(r, spike_class="graded") for r in shown[0].rows])
    (_, cells), _ = matrix([graded, shown[0]]).lines
    assert cells[:2] == ["negative values need a sign", "no row"]


@pytest.mark.parametrize(("ratio", "kinds"), [(0.4, {QUANTISED}), (1.0, set())])
def test_an_ann_that_was_trained_on_is_no_quantised_one(shown, ratio, kinds):
    row = replace(shown[0].competitors[0], family="reference", spike_class="analogue")
    prices = {name: replace(price, ratio=ratio) for name, price in row.prices.items()}
    board = replace(shown[0], rows=[replace(row, prices=prices)])
    assert {each.kind for each in reached(board, 0.1)} == kinds


def test_a_price_that_no_model_changes_is_one_number(shown):
    row = shown[0].competitors[0]
    prices = {name: replace(price, ratio=0.5) for name, price in row.prices.items()}
    assert spread(replace(row, prices=prices)) == "50 %"
