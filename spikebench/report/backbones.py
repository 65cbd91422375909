"""The trust table as a page of its own."""

from pathlib import Path

import pandas as pd
from markupsafe import Markup

from spikebench.io.atomic import atomic_path
from spikebench.report.boards.trust import from_table
from spikebench.report.document import HERE
from spikebench.report.leaderboard.page import environment


def build_backbones(table: Path, page: Path) -> None:
    """Write the page of results/backbones.parquet: one file that loads nothing, atomically."""
    style = (HERE / "assets" / "page.css").read_text(encoding="utf-8")
    template = environment().get_template("backbones.html.j2")
    html = template.render(known=from_table(pd.read_parquet(table)), style=Markup(style))
    with atomic_path(page) as temporary:
        temporary.write_text(html, encoding="utf-8")
