"""Which rows a selection shows, and how they rank, under any energy model."""

from dataclasses import replace

import numpy as np
import pytest

from spikebench.analysis.selection import DEFAULT, EVERY, HALF, Selection, offered
from spikebench.report.boards.ranking import ranking

EIGHT = Selection("t8", "T = 8", timesteps=8)


def competitors(board, selection, model=None) -> dict[tuple[str, int], tuple[int, int, str]]:
    return {
        (line.row.method, line.row.timesteps): (line.rank, line.in_class, line.mark)
        for line in board.ranking(selection, model)
        if not line.row.reference
    }


def test_references_show_under_every_selection_without_a_rank(shown):
    for selection in offered([1, 2, 4, 8]):
        lines = [line for line in shown[0].ranking(selection) if line.row.reference]
        assert {line.row.method for line in lines} == {"ann", "input"}
        assert {(line.rank, line.in_class, line.mark) for line in lines} == {(0, 0, "reference")}


def test_a_reference_that_depends_on_t_shows_as_a_method_would_without_a_rank(shown):
    rows = [
        replace(row, family="reference") if row.method == "steady" else row for row in shown[0].rows
    ]
    steady = [line for line in ranking(rows, EIGHT) if line.row.method == "steady"]
    assert [(line.row.timesteps, line.rank) for line in steady] == [(8, 0)]
    every = [line.rank for line in ranking(rows, EVERY) if line.row.method == "steady"]
    assert every == [0, 0, 0, 0]


def test_rows_rank_by_psnr_overall_and_within_their_kind_of_spikes(shown):
    """At best T: greedy 29, greedy_plain 28.5 and steady 28.25 dB; steady alone sends signed."""
    assert competitors(shown[0], DEFAULT) == {
        ("greedy", 8): (1, 1, "best"),
        ("greedy_plain", 8): (2, 2, "second"),
        ("steady", 8): (3, 1, ""),
    }


def test_another_model_lets_others_through(shown):
    """What a row may cost is taken from the model that is asked for."""
    for model, price in shown[0].competitors[0].prices.items():
        found = competitors(shown[0], HALF, model)
        prices = {(r.method, r.timesteps): r.prices[model].ratio for r in shown[0].competitors}
        assert all(prices[key] <= 0.5 for key in found), price
    assert competitors(shown[0], HALF, "lemaire_int32") != competitors(shown[0], HALF)


@pytest.mark.parametrize(
    ("psnr", "ranks", "marks"),
    [
        ((28.001, 27.999, 27.0), (1, 1, 3), ("best", "best", "second")),
        ((28.0, 28.0, 28.0), (1, 1, 1), ("best", "best", "best")),
    ],
)
def test_equals_to_a_hundredth_share_a_rank_and_a_mark(shown, psnr, ranks, marks):
    rows = [row for row in shown[0].competitors if row.timesteps == 8]
    rows = [replace(row, psnr=value) for row, value in zip(rows, psnr, strict=True)]
    found = ranking(rows, EIGHT)
    assert tuple(line.rank for line in found) == ranks
    assert tuple(line.mark for line in found) == marks


def span(first, last) -> str:
    return f"{first}\N{EN DASH}{last}"


def placed(shown, *per_image) -> list[str]:
    """Return the places of three rows with these PSNR on the images of the board."""
    rows = [row for row in shown[0].competitors if row.timesteps == 8]
    rows = [
        replace(row, psnr=np.mean(values), per_image=np.array(values))
        for row, values in zip(rows, per_image, strict=True)
    ]
    return [line.place for line in ranking(rows, EIGHT)]


def test_a_rank_is_a_range_where_the_images_do_not_tell_rows_apart(shown):
    sure, tiny = [30.0, 31.0, 29.0, 33.0], [30.001, 31.002, 29.001, 33.002]
    assert placed(shown, sure, tiny, [20.0, 21.0, 19.0, 23.0]) == [
        span(1, 2) + " =",
        span(1, 2) + " =",
        "3",
    ]
    unsure = [31.5, 30.0, 30.5, 32.0]
    assert placed(shown, sure, unsure, [20.0, 21.0, 19.0, 23.0]) == [span(1, 2), span(1, 2), "3"]
    assert placed(shown, [30.0], [29.0], [20.0]) == [
        span(1, 3),
        span(1, 3),
        span(1, 3),
    ]  # of one image


def test_ranges_of_ranks_are_those_of_the_leaderboard_at_one_t(shown):
    for board in shown:
        for line in board.ranking(EIGHT):
            if not line.row.reference:
                stored = (line.row.value("rank_first"), line.row.value("rank_last"))
                assert (line.first, line.last) == stored


def test_no_row_within_a_budget_leaves_the_references(shown):
    nothing = Selection("e0", "", budget=0.0)
    assert {line.mark for line in shown[0].ranking(nothing)} == {"reference"}
