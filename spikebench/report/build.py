"""Put a run's page together."""

from pathlib import Path

from spikebench.files import atomic_path
from spikebench.report.board import boards
from spikebench.report.export import write_tables
from spikebench.report.page import render
from spikebench.report.results import Results


def build(folder: Path, *, page: Path, tables: Path, trust: Path | None = None) -> None:
    """Write the page of the run in `folder` (results/<run>) and the tables it links to.

    `tables` is the folder of the tables beside the page, `trust` the trust table of all backbones,
    where the run verifies them. The page is one file that loads nothing: styles, scripts, charts
    and pictures are in it. Raises `BenchError` where a table is missing or empty; each file is
    written atomically.
    """
    results = Results.read(folder, trust)
    shown = boards(results)
    write_tables(results, shown, tables)
    html = render(results, shown)
    with atomic_path(page) as temporary:
        temporary.write_text(html, encoding="utf-8")
