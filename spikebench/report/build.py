"""Put a run's page together."""

from pathlib import Path

from spikebench.io.atomic import atomic_path
from spikebench.report.boards.of_results import boards
from spikebench.report.leaderboard.page import render
from spikebench.report.pages import write_pages
from spikebench.report.results import Results


def build(folder: Path, *, page: Path, trust: Path | None = None, unfinished: str = "") -> None:
    """Write the pages of the run in `folder` (results/<run>).

    `page` is index.html, beside which the other pages lie, `trust` the trust table of all
    backbones, where the run verifies them. `unfinished` says how far a run is that goes on; it
    stands at the top of each page. Each page is one file that loads nothing: styles, scripts,
    charts and pictures are in it. Raises `BenchError` where a table is missing or empty;
    each file is written atomically.
    """
    results = Results.read(folder, trust)
    results.run["unfinished"] = unfinished
    shown = boards(results)
    html = render(results, shown)
    with atomic_path(page) as temporary:
        temporary.write_text(html, encoding="utf-8")
    write_pages(results, shown, page.parent)
