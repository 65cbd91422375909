"""Tables as Markdown (GitHub's): what the page shows, the best bold, the second underlined."""

import re

from spikebench.report.tables.stamp import Stamp
from spikebench.report.tables.table import Table

# CommonMark: a backslash makes punctuation literal. Brackets are, unless they end a link.
SPECIAL = re.compile(r"([\\`*_<>|#~&$]|\](?=[(\[:]))")
MARKED = {"best": "**{}**", "second": "<u>{}</u>", "": "{}"}


def as_markdown(tables: list[Table], stamp: Stamp) -> str:
    """Return tables below each other, the stamp in comments on top."""
    comments = [f"<!-- {comment(line)} -->" for line in stamp.lines(tables)]
    return "\n".join([*comments, *(f"\n{_section(table)}" for table in tables)]) + "\n"


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is, in one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _section(table: Table) -> str:
    caption = [escaped(table.caption), ""] if table.caption else []
    return "\n".join([f"## {escaped(table.title)}", "", *caption, grid(table)])


def grid(table: Table) -> str:
    """Return the table alone, without its title."""
    alignment = ["--:" if column.numeric else ":--" for column in table.shown]
    heads = [escaped(column.heading) for column in table.shown]
    rows = [
        [MARKED[entry.mark].format(escaped(entry.text)) for entry in line]
        for line in table.entries()
    ]
    return "\n".join(f"| {' | '.join(texts)} |" for texts in [heads, alignment, *rows])


def comment(line: str) -> str:
    """Return a line that can stand in a comment."""
    return line.replace("--", "- -")  # which would end the comment
