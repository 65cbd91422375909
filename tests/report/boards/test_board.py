"""Boards: order, names and ranks."""

from dataclasses import replace

import pytest

from spikebench.analysis.selection import DEFAULT
from spikebench.report.boards.of_results import boards


def test_boards_follow_the_configuration(shown):
    assert [board.key for board in shown] == ["photos.denoiser", "photos.upscaler"]
    assert [board.task_name for board in shown] == ["denoising", "super-resolution"]


def test_floor_and_ceiling_are_the_references_means(shown):
    assert shown[0].floor == pytest.approx(20.0)
    assert shown[0].ceiling == pytest.approx(29.25)  # of 29.0, 29.1 .. 29.5


def test_ranks_are_by_psnr_within_a_rule(shown):
    ranked = {row.method: row.ranks[DEFAULT.key] for row in shown[0].shown(DEFAULT)}
    assert ranked == {"greedy": 1, "greedy_plain": 2, "steady": 3}


def test_references_show_under_every_selection_without_a_rank(shown):
    references = [row for row in shown[0].rows if row.reference]
    assert {row.method for row in references} == {"ann", "input"}
    for row in references:
        assert (
            row.ranks == row.class_ranks == {selection.key: 0 for selection in shown[0].selections}
        )


def test_a_reference_that_depends_on_t_shows_as_a_method_would_without_a_rank(results):
    families = results.leaderboard["family"].where(
        results.leaderboard["method"] != "steady", "reference"
    )
    twin = replace(results, leaderboard=results.leaderboard.assign(family=families))
    board = boards(twin)[0]
    rows = [row for row in board.rows if row.method == "steady"]
    assert {row.timesteps: row.ranks["t8"] for row in rows if "t8" in row.ranks} == {8: 0}
    assert all(row.ranks["all"] == 0 for row in rows)
    assert all(row.method != "steady" for row in board.shown(DEFAULT))


def test_a_row_has_a_rank_of_its_own_kind_of_spikes(shown):
    """Steady sends signed spikes, the others binary ones."""
    found = {row.method: row.class_ranks[DEFAULT.key] for row in shown[0].shown(DEFAULT)}
    assert found == {"greedy": 1, "greedy_plain": 2, "steady": 1}


def test_the_price_under_the_first_model_is_the_energy(shown, results):
    row = shown[0].competitors[0]
    assert list(row.prices) == results.models
    assert row.energy == row.price.ratio == row.prices[results.models[0]].ratio


def test_equal_rows_share_a_rank(results):
    table = results.leaderboard.copy()
    eight = table["timesteps"] == 8
    table.loc[eight, "psnr"] = 28.001
    table.loc[eight & (table["method"] == "steady"), "psnr"] = 27.999
    results = type(results)(**(vars(results) | {"leaderboard": table}))
    ranks = {
        row.method: row.ranks["t8"] for row in boards(results)[0].competitors if "t8" in row.ranks
    }
    assert set(ranks.values()) == {1}


def test_a_part_of_a_set_is_marked(results):
    sets = {"photos": results.run["datasets"]["photos"] | {"images": 12}}
    results = type(results)(**(vars(results) | {"run": results.run | {"datasets": sets}}))
    assert boards(results)[0].title == "Photos [6 of 12] · Denoiser"


def test_a_refusal_stands_on_the_boards_of_its_backbone(shown):
    assert shown[0].refused == []
    ((name, reason),) = shown[1].refused
    assert name.startswith("Greedy") and reason == "It has <two> outputs."


@pytest.mark.parametrize(
    ("ranks", "places"), [([1, 1, 3], (1, 3)), ([1, 1, 1], (1, 0)), ([0, 0, 0], (0, 0))]
)
def test_the_second_place_is_the_next_rank_that_a_row_has(shown, ranks, places):
    rows = [row for row in shown[0].competitors if row.timesteps == 8]
    ranked = [
        replace(row, ranks={DEFAULT.key: rank}) for row, rank in zip(rows, ranks, strict=True)
    ]
    assert replace(shown[0], rows=ranked).places(DEFAULT) == places
