"""What a table says of where its lines were measured."""

import io
from dataclasses import replace

import pandas as pd
import pytest

from spikebench.report.tables.stamp import Stamp
from spikebench.report.tables.write import texts

ONE, TWO = "1" * 40, "2" * 40 + "+dirty"
SHORT = "111111111111 and 222222222222+dirty"


@pytest.fixture
def merged(results):
    """The run as if one row of one board had been measured at another commit than all else."""
    images = results.images.assign(git_commit=ONE)
    first = images.iloc[0]
    board = (images["dataset"] == first["dataset"]) & (images["backbone"] == first["backbone"])
    images.loc[board & (images["method"] == "ann"), "git_commit"] = TWO
    place = (first["dataset"], first["backbone"])
    return replace(
        results, images=images, run=results.run | {"git_commit": f"{ONE} and {TWO}"}
    ), place


def test_a_row_names_its_commit_a_board_those_of_its_rows_and_the_run_all(merged):
    results, board = merged
    stamp = Stamp.of(results)
    assert stamp.commit == stamp.commit_of(*board) == stamp.commit_of("no", "board") == SHORT
    assert stamp.commit_of(*board, "ann") == TWO
    others = set(results.images["method"]) - {"ann"}
    assert {stamp.commit_of(*board, method) for method in others} == {ONE}


def test_one_commit_of_a_run_is_written_out(results):
    run = results.run | {"git_commit": ONE}
    images = results.images.assign(git_commit=ONE)
    stamp = Stamp.of(replace(results, images=images, run=run))
    assert {stamp.commit, *stamp.commits.values()} == {ONE}


def test_each_line_of_a_file_says_what_it_rests_on(merged, shown):
    results, board = merged
    files = {
        name: pd.read_csv(io.StringIO(text))
        for name, text in texts(results, shown)
        if name in ("leaderboard.csv", "comparisons.csv.gz", "standings.csv.gz")
    }
    rows = files["leaderboard.csv"]
    later = (rows["dataset"] == board[0]) & (rows["backbone"] == board[1])
    later &= rows["method"] == "ann"
    assert set(rows.loc[later, "commit"]) == {TWO}
    assert set(rows.loc[~later, "commit"]) == {ONE}
    lines = files["comparisons.csv.gz"]
    of_board = (lines["dataset"] == board[0]) & (lines["backbone"] == board[1])
    assert set(lines.loc[of_board, "commit"]) == {SHORT}
    assert set(files["standings.csv.gz"]["commit"]) == {SHORT}
