"""How large two pages are and how fast they answer, with made-up results: the first, and Compare.

    python -m benchmarks.page --boards 5 --methods 52            # of published size
    python -m benchmarks.page --boards 1 --methods 250 --grid 4  # 1,000 rows on one board

Needs Chromium. Times are of this machine: idle, if they are to mean anything.
"""

import argparse
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from playwright.sync_api import Page, sync_playwright

from spikebench.report import links
from spikebench.report.boards.board import Board
from spikebench.report.boards.of_results import boards
from spikebench.report.leaderboard.page import render
from spikebench.report.pages.versus import compare_page
from spikebench.report.results import Results
from spikebench.results.columns.images import IMAGES
from spikebench.results.shards import write_frame
from tests.report import made_up

# In the page: change a control, let the browser lay out and paint the rows, tell how long it took.
TIMED = """([id, value]) => new Promise((done) => {
  const start = performance.now();
  const control = document.querySelector(id);
  if (value === null) control.click();
  else { control.value = value; control.dispatchEvent(new Event("input", { bubbles: true })); }
  document.body.getBoundingClientRect();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
})"""
SORTS = [("[data-key=energy] button", None), ("[data-key=psnr] button", None)]
FILTERS = [("#kind", "binary"), ("#kind", ""), ("#x", "50"), ("#view", "all"), ("#find", "1")]
READY = "Number(document.documentElement.dataset.ready)"
PAGES: dict[str, Callable[[Results, list[Board]], str]] = {
    links.INDEX: render,
    links.COMPARE: compare_page,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--boards", type=int, default=5)
    parser.add_argument("--methods", type=int, default=52)
    parser.add_argument("--grid", type=int, default=6, help="how many T: 1, 2, 4 ..")
    parser.add_argument("--keep", type=Path, help="keep the pages in this folder")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = given.keep or Path(folder)
        site.mkdir(parents=True, exist_ok=True)
        _write(_results(given.boards, given.methods, given.grid), site)
        _browse(site.resolve().as_uri())


def _write(results: Results, site: Path) -> None:
    """Write the pages into the folder `site`, and print of each its size and the time it took."""
    shown = boards(results)
    for name, made in PAGES.items():
        start = time.process_time()
        html = made(results, shown)
        seconds = time.process_time() - start
        without = re.sub("data:image/[^'\"]*", "", html)
        size, bare = (len(text.encode()) / 1e3 for text in (html, without))
        print(f"{name}: {size:.0f} kB, {bare:.0f} without pictures, made in {seconds:.0f} s")
        (site / name).write_text(html, encoding="utf-8")


def _results(count: int, methods: int, grid: int) -> Results:
    """Return a run of `count` boards, each with `methods` rows at `grid` T."""
    names = {f"network_{place}": ("denoise", 20.0, 29.0 + place) for place in range(count)}
    net = made_up.NETS["denoiser"]
    made_up.BACKBONES = names
    made_up.NETS = {name: net | {"title": name} for name in names}
    made_up.GRID = [2**power for power in range(grid)]
    made_up.METHODS_MADE = {
        f"method_{place}": (
            f"A method of middling name {place}",
            {},
            2 + place / 9,
            0.1 + place / 99,
        )
        for place in range(methods)
    }
    made_up.REFUSAL = made_up.REFUSAL | {"backbone": "network_0", "method": "method_0"}
    with tempfile.TemporaryDirectory() as folder:
        return Results.read(_uneven(made_up.write_run(Path(folder))))


def _uneven(folder: Path) -> Path:
    """Let the images differ in what a method loses on them, as they do; return the folder."""
    images = pd.read_parquet(folder / "images.parquet")
    noise = np.random.default_rng(0).normal(0, 0.3, len(images))  # dB
    images["psnr"] += np.where(images["timesteps"] > 0, noise, 0)
    write_frame(folder / "images.parquet", images, IMAGES)
    made_up.rank_run(folder)
    return folder


def _browse(site: str) -> None:
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        ready = _opened(page, f"{site}/{links.COMPARE}")
        print(f"{links.COMPARE} ready: {ready:.0f} ms")
        ready = _opened(page, f"{site}/{links.INDEX}#view=all")
        print(f"{links.INDEX} ready: {ready:.0f} ms, {page.inner_text('#state')}")
        for changes in (SORTS, FILTERS):
            print(", ".join(f"{id} {_timed(page, id, value):.0f} ms" for id, value in changes))
        chromium.close()


def _opened(page: Page, address: str) -> float:
    """Return after how many ms a page was ready, the median of three times."""
    loads = []
    for _ in range(3):
        page.goto(address)
        page.reload()
        page.wait_for_selector("html[data-ready]")
        loads.append(page.evaluate(READY))
    return statistics.median(loads)


def _timed(page: Page, control: str, value: str | None) -> float:
    return page.evaluate(TIMED, [control, value])


if __name__ == "__main__":
    main()
