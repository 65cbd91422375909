"""What stands in an entry of the leaderboard, and what it is sorted by."""

import math
from dataclasses import replace

import pytest

from spikebench.analysis.selection import DEFAULT
from spikebench.report.boards.columns import OF_THE_PRICE, columns
from spikebench.report.boards.entries import (
    Entry,
    entry,
    of_price,
    of_row,
    order_of_prices,
    order_of_rows,
    places,
)
from spikebench.report.boards.ranking import Ranked


@pytest.fixture
def column(results):
    found = {each.key: each for each in columns(results)}
    return found.__getitem__


@pytest.fixture
def row(shown):
    return next(r for r in shown[0].competitors if (r.method, r.timesteps) == ("greedy", 8))


def test_a_row_says_its_numbers_with_their_declared_decimals(column, row):
    row = replace(row, psnr=28.456, psnr_low=28.1, psnr_high=28.9, ssim=0.91239)
    assert of_row(column("psnr"), row) == Entry("28.46", "[28.10, 28.90]")
    assert of_row(column("ssim"), row) == Entry("0.9124")
    gap = replace(row, gap_db=-0.5, gap_low=-0.501, gap_high=-0.499)
    assert of_row(column("gap"), gap) == Entry("\N{MINUS SIGN}0.50")  # both ends read the same


def test_steps_beyond_t_stand_in_brackets_and_digits_have_a_star(column, row):
    assert of_row(column("t"), row).text == "8 (+1)"
    assert of_row(column("kind"), row).text == "binary"
    assert of_row(column("kind"), replace(row, timesteps=1, spike_class="graded")).text == "graded*"
    assert of_row(column("kind"), replace(row, timesteps=2, spike_class="burst")).text == "burst*"


def test_a_reference_without_steps_has_no_spikes_and_no_rival(column, shown):
    ann = next(row for row in shown[0].rows if row.method == "ann")
    texts = [of_row(column(key), ann).text for key in ("kind", "spikes", "t")]
    assert texts == ["", "", ""]
    assert of_price(column("cheaper"), ann, ann.price) == ""
    assert of_price(column("energy"), ann, ann.price) == "1.00"


def test_a_price_says_energy_rivals_and_front_of_its_model(column, row):
    price = replace(row.price, ratio=0.456, verdict="ann twin", front=True, outer=True)
    found = [of_price(column(key), row, price) for key in ("energy", "cheaper", "front")]
    assert found == ["0.46", "ANN, quantised", "●"]
    assert of_price(column("front"), row, replace(price, outer=False)) == "(●)"
    assert of_price(column("front"), row, replace(price, front=False, outer=False)) == ""
    prices = [replace(price, front=f, outer=o) for f, o in ((0, 0), (1, 1), (1, 0), (0, 1))]
    assert order_of_prices(column("front"), prices) == [3, 0, 2, 1]


def test_the_energy_of_all_models_says_where_they_disagree(column, row):
    texts = {
        (0.154, 3.18): "0.15 to 3.18 ↑",
        (0.2, 0.8): "0.20 to 0.80",
        (1.2, 3.0): "1.20 to 3.00",
    }
    for (least, most), text in texts.items():
        assert of_row(column("range"), priced(row, most, least)).text == text
    assert of_row(column("range"), priced(row, 1.0, math.nan)).text == "1.00"
    assert of_row(column("range"), priced(row, math.nan)).text == "not priced"


def priced(row, *ratios: float):
    prices = {str(place): replace(row.price, ratio=ratio) for place, ratio in enumerate(ratios)}
    return replace(row, prices=prices)


def test_the_energy_of_all_models_is_that_of_the_tables(shown):
    for row in (row for board in shown for row in board.rows):
        assert row.extremes == (row.value("energy_least"), row.value("energy_most"))


def test_the_energy_of_all_models_sorts_by_its_largest(column, row):
    rows = [replace(row, others={**row.others, "energy_most": most}) for most in (3.0, 0.5, 1.0)]
    assert order_of_rows(column("range"), rows) == [2, 0, 1]


def test_a_row_without_a_price_says_so(column, row):
    unknown = replace(row.price, ratio=math.nan, verdict="", front=False, outer=False)
    texts = [of_price(column(key), row, unknown) for key in ("energy", "cheaper", "front")]
    assert texts == ["not priced", "not priced", ""]


def test_ranks_are_numbers_and_nothing_where_there_is_none(column, row):
    assert entry(column("rank"), Ranked(row, 3, 1, "", 3, 3)).text == "3"
    assert entry(column("rank"), Ranked(row, 3, 1, "", 2, 5)).text == "2\N{EN DASH}5"
    assert entry(column("rank"), Ranked(row, 3, 1, "", 2, 5, True)).text == "2\N{EN DASH}5 ="
    assert entry(column("inclass"), Ranked(row, 3, 1)).text == "1"
    assert entry(column("rank"), Ranked(row)).text == ""
    assert entry(column("notes"), Ranked(row), "What it does.").text == "What it does."


def test_the_images_are_those_compared_and_the_boards_those_run(column, row):
    others = {**row.others, "images_left_out": 2, "boards_run": 1, "boards": 4}
    row = replace(row, images=12, others=others)
    assert of_row(column("images"), row).text == "10"
    assert of_row(column("boards"), row).text == "1 of 4"


def test_every_column_of_the_page_has_an_entry_and_an_order(results, shown):
    for each in columns(results):
        for line in shown[0].ranking(DEFAULT):
            assert isinstance(entry(each, line, "").text, str)
        if each.name in OF_THE_PRICE:
            assert order_of_prices(each, [row.price for row in shown[0].rows])
        elif each.name not in ("summary", "rank_in_class"):
            assert order_of_rows(each, shown[0].rows)


def test_places_are_of_distinct_values_and_missing_ones_have_none():
    assert places([3.0, 1.0, math.nan, 3.0, math.inf]) == [1, 0, None, 1, 2]
    assert places(["b", "a"]) == [1, 0]


def test_rows_sort_by_rank_as_by_psnr_references_included(column, shown):
    places = dict(zip(order_of_rows(column("rank"), shown[0].rows), shown[0].rows, strict=True))
    ordered = [places[place].psnr for place in sorted(places)]
    assert ordered == sorted({row.psnr for row in shown[0].rows}, reverse=True)


def test_kinds_sort_from_the_poorest_to_the_richest(column, row):
    rows = [replace(row, spike_class=kind) for kind in ("graded", "binary", "signed", "burst")]
    assert order_of_rows(column("kind"), rows) == [3, 0, 1, 2]
