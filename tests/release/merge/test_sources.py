"""Rows of two versions of the code stand in one table where cells show that no number differs."""

from shutil import copytree

import pyarrow.parquet as pq
import pytest

from spikebench.errors import BenchError
from spikebench.release.merge import merge
from tests.release.merge.conftest import edit
from tests.release.merge.test_conflicts import assign

STEADY = "method == 'steady'"
MEASURED = ("images", "layers", "pictures")


@pytest.fixture
def later(halves, tmp_path):
    """The first half, measured again by later sources of its row."""
    folder = copytree(halves[0], tmp_path / "later")
    for name in ("images", "methods"):
        assign(folder, name, STEADY, method_hash="later")
    return folder


def on_board(folder, backbone: str) -> None:
    """Leave of the row what was measured on one board."""
    for name in MEASURED:
        edit(
            folder,
            name,
            lambda rows: rows[(rows["method"] != "steady") | (rows["backbone"] == backbone)],
        )


def versions(folder) -> dict[str, set[str]]:
    rows = pq.read_table(folder / "images.parquet").to_pandas().query(STEADY)
    return {net: set(found["method_hash"]) for net, found in rows.groupby("backbone")}


def test_equal_cells_of_both_versions_let_a_new_board_in(halves, later, tmp_path):
    on_board(halves[0], "denoiser")
    assert merge(halves[0], later, tmp_path / "both") == []
    assert versions(tmp_path / "both") == {"denoiser": {"x"}, "upscaler": {"later"}}


def test_without_a_cell_of_both_the_label_is_named_and_what_helps(halves, later, tmp_path):
    on_board(halves[0], "denoiser")
    on_board(later, "upscaler")
    with pytest.raises(BenchError, match="row steady: method_hash is later") as caught:
        merge(halves[0], later, tmp_path / "both")
    assert "or have it measure a cell of" in str(caught.value)


def test_a_cell_with_another_number_shows_nothing(halves, later, tmp_path):
    assign(later, "images", f"{STEADY} and backbone == 'denoiser'", psnr=1.5)
    with pytest.raises(BenchError, match="row steady: method_hash is later"):
        merge(halves[0], later, tmp_path / "both", renew=True)


def test_what_was_shown_once_holds_for_later_boards(halves, later, tmp_path):
    third = copytree(later, tmp_path / "third")
    on_board(halves[0], "denoiser")
    merge(halves[0], later, tmp_path / "both")
    for name in MEASURED:
        edit(third, name, lambda rows: rows[rows["backbone"] == "upscaler"])
    assert merge(tmp_path / "both", third, tmp_path / "all") == []


def test_other_options_are_another_row_whatever_the_cells_show(halves, later, tmp_path):
    assign(later, "methods", STEADY, options='{"initial": 0.5}')
    with pytest.raises(BenchError, match="row steady: options"):
        merge(halves[0], later, tmp_path / "both")
