"""A made-up run whose names try to be markup, its pages, and a browser to open them in."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from spikebench.report.boards.of_results import boards
from spikebench.report.pages import write_pages
from spikebench.report.results import Results

HOSTILE = """<script>alert("x")</script> & 'y' 50 % a_b"""
IMAGES = {"photo0": "worst", "photo1": "median", "photo2": "best"}


@pytest.fixture(scope="session")
def hostile(folder, tmp_path_factory) -> Path:
    """The made-up run with three images of crops, and names that have to be shown as text."""
    folder = Path(shutil.copytree(folder, tmp_path_factory.mktemp("hostile") / "run"))
    edit(folder / "pictures.parquet", _three_images)
    edit(folder / "methods.parquet", _hostile_methods)
    edit(folder / "run.parquet", _hostile_backbone)
    for name in ("images", "pictures"):
        edit(folder / f"{name}.parquet", _hostile_image)
    return folder


def edit(file: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """Replace a table by what `change` makes of it."""
    change(pd.read_parquet(file)).to_parquet(file)


def _three_images(pictures: pd.DataFrame) -> pd.DataFrame:
    tables = [pictures.assign(image=image, choice=choice) for image, choice in IMAGES.items()]
    return pd.concat(tables, ignore_index=True)


def _hostile_methods(methods: pd.DataFrame) -> pd.DataFrame:
    names = methods["name"].where(methods["method"] != "steady", HOSTILE)
    return methods.assign(name=names)


def _hostile_backbone(run: pd.DataFrame) -> pd.DataFrame:
    nets = json.loads(run["backbones"].iloc[0])
    nets["denoiser"]["title"] = HOSTILE
    return run.assign(backbones=json.dumps(nets))


def _hostile_image(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(image=table["image"].replace("photo0", HOSTILE))


@pytest.fixture(scope="session")
def pages(hostile, tmp_path_factory) -> Path:
    """The folder of the hostile run's pages, without index.html."""
    folder = tmp_path_factory.mktemp("pages")
    write(hostile, folder)
    return folder


def write(run: Path, folder: Path) -> None:
    """Write the pages of the run in a folder of results."""
    results = Results.read(run)
    write_pages(results, boards(results), folder)


@pytest.fixture
def opened(browser, pages) -> Iterator[Callable[..., Page]]:
    """Open a page by its address; what it logs, throws or asks of the network fails the test."""
    contexts, complaints = [], []

    def call(address: str, *, width: int = 1280, scheme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, offline=True, color_scheme=scheme
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)  # ms; a machine may be busy
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url))
        path, *view = address.split("#", 1)
        page.goto("#".join([(pages / path).as_uri(), *view]))
        return page

    yield call
    for context in contexts:
        context.close()
    inside = (pages.as_uri(), "data:")
    assert [text for text in complaints if not text.startswith(inside)] == []


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with a page, as rule and element."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]
