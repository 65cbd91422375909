"""Boards: order, names, prices."""

from dataclasses import replace

import pytest

from spikebench.analysis.selection import DEFAULT
from spikebench.report.boards.of_results import boards


def test_boards_follow_the_configuration(shown):
    assert [board.key for board in shown] == ["photos.denoiser", "photos.upscaler"]
    assert [board.task_name for board in shown] == ["denoising", "super-resolution"]


def test_a_pair_of_two_entries_has_one_board(shown, results):
    twice = results.run | {"benchmarks": results.run["benchmarks"] * 2}
    found = boards(replace(results, run=twice))
    assert [board.key for board in found] == [board.key for board in shown]


def test_floor_and_ceiling_are_the_references_means(shown):
    assert shown[0].floor == pytest.approx(20.0)
    assert shown[0].ceiling == pytest.approx(29.25)  # of 29.0, 29.1 .. 29.5


def test_a_selection_shows_the_competitors_best_first(shown):
    assert [row.method for row in shown[0].shown(DEFAULT)] == ["greedy", "greedy_plain", "steady"]


def test_the_price_under_the_first_model_is_the_energy(shown, results):
    row = shown[0].competitors[0]
    assert list(row.prices) == results.models
    assert row.energy == row.price.ratio == row.prices[results.models[0]].ratio


def test_a_part_of_a_set_is_marked(results):
    sets = {"photos": results.run["datasets"]["photos"] | {"images": 12}}
    results = type(results)(**(vars(results) | {"run": results.run | {"datasets": sets}}))
    assert boards(results)[0].title == "Photos [6 of 12] · Denoiser"


def test_a_refusal_stands_on_the_boards_of_its_backbone(shown):
    assert shown[0].refused == []
    ((name, reason),) = shown[1].refused
    assert name.startswith("Greedy") and reason == "It has <two> outputs."


def test_the_front_under_the_model_that_ranks_is_the_leaderboards(shown):
    for row in shown[0].competitors:
        assert row.price.front == row.pareto
    references = [row for row in shown[0].rows if row.reference]
    assert not any(price.front for row in references for price in row.prices.values())


def test_further_columns_of_the_leaderboard_are_values_of_a_row(shown, results):
    row = shown[0].competitors[0]
    mine = results.leaderboard.set_index(["dataset", "backbone", "method", "timesteps"])
    key = (shown[0].dataset, shown[0].backbone, row.method, row.timesteps)
    assert row.value("synops") == mine.loc[key, "synops"]
    assert row.value("psnr") == row.psnr
    with pytest.raises(KeyError):
        row.value("no_such_column")


def test_a_board_under_another_model_has_its_energies_and_its_front(shown):
    found = shown[0].under("movement_22nm")
    for before, after in zip(shown[0].rows, found.rows, strict=True):
        assert after.energy == before.prices["movement_22nm"].ratio
        assert after.pareto == before.prices["movement_22nm"].front
        assert after.extremes == before.extremes and set(after.prices) == set(before.prices)
