"""Tables as Markdown."""

import re

from spikebench.report.tables.as_markdown import as_markdown, escaped
from tests.report.tables.conftest import HOSTILE


def unescaped(text: str) -> str:
    """CommonMark, 2.4: a backslash before ASCII punctuation is taken away."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def test_the_stamp_stands_in_comments(hostile, stamp):
    assert as_markdown([hostile], stamp).splitlines()[:3] == [
        "<!-- SpikingIR Bench, table 0123456789ab -->",
        "<!-- version 0.1.0, run made_up, 2026-01-02, commit c0ffee+dirty -->",
        "<!-- protocol grey_float -->",
    ]


def test_every_row_has_two_cells_and_every_text_returns(hostile, stamp):
    text = as_markdown([hostile], stamp)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [re.split(r"(?<!\\)\|", row)[1:-1] for row in rows]
    assert {len(row) for row in cells} == {2}
    assert [unescaped(row[0].strip()) for row in cells[2:]] == [
        " ".join(name.split()) for name in HOSTILE
    ]


def test_nothing_is_html_or_a_link(hostile, stamp):
    body = re.sub(r"\A(<!--.*-->\n)+", "", as_markdown([hostile], stamp))
    assert re.findall(r"(?<!\\)<(?!/?u>)", body) == []
    assert "](" not in body.replace(r"\](", "")


def test_best_is_bold_and_second_underlined(hostile, stamp):
    rows = as_markdown([hostile], stamp).splitlines()[-2:]
    assert "<u>7.00</u>" in rows[0]
    assert "**8.00**" in rows[1]


def test_intervals_keep_their_brackets():
    assert escaped("0.1 [0.0, 0.2]") == "0.1 [0.0, 0.2]"
