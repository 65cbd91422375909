"""How large the first page is and how fast it answers, with made-up results.

    python -m benchmarks.page --boards 5 --methods 52            # of published size
    python -m benchmarks.page --boards 1 --methods 250 --grid 4  # 1,000 rows on one board

Needs Chromium. Times are of this machine: idle, if they are to mean anything.
"""

import argparse
import re
import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from spikebench.report.boards.of_results import boards
from spikebench.report.leaderboard.page import render
from spikebench.report.results import Results
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--boards", type=int, default=5)
    parser.add_argument("--methods", type=int, default=52)
    parser.add_argument("--grid", type=int, default=6, help="how many T: 1, 2, 4 ..")
    parser.add_argument("--page", type=Path, help="keep the page here")
    given = parser.parse_args()
    html = _page(given.boards, given.methods, given.grid)
    without = re.sub("data:image/[^'\"]*", "", html)
    print(f"{len(html.encode()) / 1e3:.0f} kB, {len(without.encode()) / 1e3:.0f} without pictures")
    with tempfile.TemporaryDirectory() as folder:
        file = given.page or Path(folder) / "index.html"
        file.write_text(html, encoding="utf-8")
        _browse(file.resolve().as_uri())


def _page(count: int, methods: int, grid: int) -> str:
    """Return the page of a run of `count` boards, each with `methods` rows at `grid` T."""
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
        results = Results.read(made_up.write_run(Path(folder)))
    return render(results, boards(results))


def _browse(address: str) -> None:
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        loads = []
        for _ in range(3):
            page.goto(address + "#view=all")
            page.reload()
            page.wait_for_selector("html[data-ready]")
            loads.append(page.evaluate(READY))
        print(f"ready: {statistics.median(loads):.0f} ms, {page.inner_text('#state')}")
        for changes in (SORTS, FILTERS):
            print(", ".join(f"{id} {_timed(page, id, value):.0f} ms" for id, value in changes))
        chromium.close()


def _timed(page: Page, control: str, value: str | None) -> float:
    return page.evaluate(TIMED, [control, value])


if __name__ == "__main__":
    main()
