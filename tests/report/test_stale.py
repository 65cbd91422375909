"""What an earlier rendering left goes; what another hand put beside it stays."""

import pytest

from spikebench.report.charts.figures import write_figures
from spikebench.report.pages.site import write_pages
from spikebench.report.stale import keep_only


def test_files_of_a_kind_that_were_not_written_go(tmp_path):
    for name in ("new.pdf", "old.pdf", "notes.txt"):
        (tmp_path / name).touch()
    keep_only([tmp_path / "new.pdf"], "*.pdf")
    assert {file.name for file in tmp_path.iterdir()} == {"new.pdf", "notes.txt"}


def test_a_folder_in_which_nothing_was_written_is_left(tmp_path):
    (tmp_path / "old.pdf").touch()
    keep_only([], "*.pdf")
    assert (tmp_path / "old.pdf").exists()


def test_a_chart_goes_with_its_board(results, shown, tmp_path):
    stale = tmp_path / "gap_against_energy-urban100_5-denoiser.pdf"
    stale.touch()
    write_figures(results, shown[:1], tmp_path)
    assert not stale.exists() and list(tmp_path.iterdir())


@pytest.mark.parametrize("stale", ["methods/no_such_row.html", "backbones/no_such_network.html"])
def test_a_page_goes_with_its_row_or_network(results, shown, tmp_path, stale):
    (tmp_path / stale).parent.mkdir()
    (tmp_path / stale).touch()
    write_pages(results, shown, tmp_path)
    assert not (tmp_path / stale).exists()
    assert (tmp_path / stale).with_name("index.html").is_file()
