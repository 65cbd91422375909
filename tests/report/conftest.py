"""The made-up run, read and built once."""

import shutil
from pathlib import Path

import pytest

from spikebench.report import build
from spikebench.report.board import boards
from spikebench.report.results import Results
from spikebench.report.tables import write_tables
from tests.report.made_up import write_run


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    return write_run(tmp_path_factory.mktemp("made_up"))


@pytest.fixture(scope="session")
def results(folder) -> Results:
    return Results.read(folder)


@pytest.fixture(scope="session")
def shown(results):
    """The boards of the run: the denoiser's, the upscaler's."""
    return boards(results)


@pytest.fixture(scope="session")
def site(folder, results, shown, tmp_path_factory) -> Path:
    """A folder with index.html and tables/, as the workflow writes it."""
    place = tmp_path_factory.mktemp("site")
    build(folder, page=place / "index.html")
    write_tables(results, shown, place / "tables")
    return place


@pytest.fixture
def copied(folder, tmp_path) -> Path:
    """A copy of the results that a test may damage."""
    return Path(shutil.copytree(folder, tmp_path / "copied"))
