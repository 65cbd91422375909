"""A release of the made-up run, made once, and copies of it to change."""

import shutil
from pathlib import Path

import pytest

from spikebench.io.seals import seal
from spikebench.release import freeze
from spikebench.report.boards.of_results import boards
from spikebench.report.results import Results
from spikebench.report.tables import write_tables
from tests.report.made_up import write_run


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Path:
    """A folder with the made-up run's results/ and report/, whose page and figure are stand-ins."""
    folder = tmp_path_factory.mktemp("made")
    write_run(folder / "results")
    results = Results.read(folder / "results")
    write_tables(results, boards(results), folder / "report/tables")
    (folder / "report/index.html").write_text("<p>The page.</p>\n")
    (folder / "report/figures").mkdir()
    (folder / "report/figures/chart.pdf").write_bytes(b"%PDF-1.7\n")
    (folder / "report/figures/.snakemake_timestamp").touch()
    seal(folder / "report/figures")
    return folder


@pytest.fixture(scope="session")
def frozen(made, tmp_path_factory) -> Path:
    return freeze(made / "results", made / "report", tmp_path_factory.mktemp("releases"))


@pytest.fixture
def release(frozen, tmp_path) -> Path:
    """A copy of the release that a test may damage."""
    return Path(shutil.copytree(frozen, tmp_path / frozen.name))
