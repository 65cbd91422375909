"""The columns of the page are those that the tables declare."""

from dataclasses import replace

from spikebench.report.boards.columns import columns
from spikebench.results.columns.every import SHOWN


def test_the_columns_stand_in_their_declared_order(results):
    found = [column.key for column in columns(results)]
    empty = {"lpips", "analogue_share", "special_ops"}  # not measured, and no network is hybrid
    empty |= {"step"}  # no row is trained
    assert found == [field.shown.key for field in SHOWN if field.name not in empty]
    places = [column.shown.place for column in columns(results)]
    assert places == sorted(places)


def test_a_column_without_any_value_is_left_out(results):
    measured = replace(results, leaderboard=results.leaderboard.assign(lpips=0.25))
    assert "lpips" in [column.key for column in columns(measured)]


def test_a_column_says_its_unit_its_direction_and_where_it_is_left_out(results):
    found = {column.key: column for column in columns(results)}
    assert (found["psnr"].heading, found["psnr"].arrow) == ("PSNR (dB)", "↑")
    assert (found["psnr"].classes, found["ssim"].classes) == ("psnr n", "ssim n more")
    assert (found["method"].classes, found["method"].arrow) == ("method", "")


def test_every_column_says_what_it_means(results):
    for column in columns(results):
        assert column.meaning.endswith(".") and "`" not in column.meaning
