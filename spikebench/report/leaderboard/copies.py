"""What a copy of the table has around its rows: where it comes from, and each format's frame.

The script fills the frames with what is displayed; they are those of the tables for papers.
"""

from typing import Any

from spikebench.report.leaderboard.forms import Forms
from spikebench.report.results import Results
from spikebench.report.tables import as_latex, as_markdown, widths
from spikebench.report.tables.stamp import Stamp

# In the place of what the script fills in
COLUMNS, CAPTION, LABEL, HEAD, BODY = "@columns@", "@caption@", "@label@", "@head@", "@body@"
WIDE = "@wide@"
CSV_COLUMNS = ("table", "version", "date", "commit")
OF_A_BOARD = ("protocol", "data set", "backbone")


def stamp(results: Results, forms: Forms) -> dict[str, Any]:
    """Return where the table comes from, as lines of comments and as first fields of CSV."""
    found = Stamp.of(results)
    values = (found.table_id, found.version, found.date, found.commit)
    return {
        "lines": [forms.add(line) for line in found.lines([])],
        "columns": [*CSV_COLUMNS, *OF_A_BOARD],
        "values": [forms.add(value) for value in values],
    }


def wrapping(results: Results) -> dict[str, Any]:
    """Return what stands around rows and marked values in Markdown and LaTeX."""
    label = f"tab:{results.table_id}-{LABEL}"
    short, long = (
        as_latex.frame(COLUMNS, CAPTION, label, [HEAD], [BODY], long=long, wide=WIDE)
        for long in (False, True)
    )
    return {
        "markdown": {mark: as_markdown.MARKED[mark].split("{}") for mark in ("best", "second")},
        "latex": {mark: as_latex.MARKED[mark].split("%s") for mark in ("best", "second")},
        "needs": as_latex.NEEDS,
        "short": short,
        "long": long,
        "page": as_latex.PAGE,
        "special": as_latex.SPECIAL,
        "widths": {
            "signs": widths.WIDTHS,
            "other": widths.OTHER,
            "font": widths.FONT,
            "bold": widths.BOLD,
            "separation": widths.SEPARATION,
            "column": widths.COLUMN,
            "page": widths.PAGE,
            "head": widths.HEAD,
        },
    }
