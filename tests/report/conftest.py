"""The made-up run, read and built once, and a browser to open its pages in."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from spikebench.report import build
from spikebench.report.boards.of_results import boards
from spikebench.report.results import Results
from spikebench.report.tables import write_tables
from tests.report.made_up import write_run
from tests.report.on_the_page import opened

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


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


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where Chromium lies; the test is skipped where it is not installed."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f"needs one of {', '.join(BROWSERS)}")
    return program


@pytest.fixture(scope="package")
def browser(chromium_path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def copied(folder, tmp_path) -> Path:
    """A copy of the results that a test may damage."""
    return Path(shutil.copytree(folder, tmp_path / "copied"))


@pytest.fixture
def address(site) -> str:
    return (site / "index.html").as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page at desk size; whatever it logs or asks of the network fails the test."""
    yield from opened(browser, address)
