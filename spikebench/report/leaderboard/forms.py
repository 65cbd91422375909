"""How texts of the page are written in what a reader copies: CSV, Markdown, LaTeX, comments.

The page's script puts copies together from texts that stand in the page. Where a format writes a
text otherwise, this says how; the functions are those of the tables for papers.
"""

import csv
import io
from typing import Any

from spikebench.report.tables import as_csv, as_latex, as_markdown
from spikebench.report.text import MINUS, NONE, NOT_PRICED

INFINITY = "\N{INFINITY}"


class Forms:
    """Collects texts, and how each is written where that differs."""

    def __init__(self) -> None:
        self._texts: dict[str, dict[str, str]] = {}
        self._numbers: dict[str, dict[str, str]] = {}

    def add(self, text: str) -> str:
        """Add a text, such as a name or a caption, and return it."""
        if text not in self._texts:
            self._texts[text] = _differing(text, _field(as_csv.plain(text)))
        return text

    def add_number(self, text: str) -> str:
        """Add a number as it is shown, or an interval in brackets, and return it.

        CSV has a missing number as an empty field, an endless one as `inf`, an interval as two
        fields.
        """
        if text not in self._numbers:
            bare = (
                text.replace(NOT_PRICED, "")
                .replace(NONE, "")
                .replace(MINUS, "-")
                .replace(INFINITY, "inf")
            )
            ends = [end.removeprefix("+") for end in bare.strip("[]").split(", ")]
            self._numbers[text] = _differing(text, ",".join(ends))
        return text

    def data(self) -> dict[str, Any]:
        """Return what the script is given: by text, the formats that write it otherwise."""
        kinds = {"text": self._texts, "number": self._numbers}
        return {
            kind: {text: forms for text, forms in known.items() if forms}
            for kind, known in kinds.items()
        }


def _differing(text: str, in_csv: str) -> dict[str, str]:
    forms = {
        "csv": in_csv,
        "markdown": as_markdown.escaped(text),
        "latex": as_latex.escaped(text),
        "comment": as_markdown.comment(text),
    }
    return {kind: form for kind, form in forms.items() if form != text}


def _field(text: str) -> str:
    """Return a text as one field of a CSV line, in quotes where it needs them."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow([text])
    return buffer.getvalue()
