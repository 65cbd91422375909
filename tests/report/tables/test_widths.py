"""How wide LaTeX sets a text."""

import string

import pytest

from spikebench.report.tables.as_latex import as_latex
from spikebench.report.tables.table import Column, Line, Table
from spikebench.report.tables.widths import GLYPHS, WIDTHS, heading, width


def test_a_letter_has_one_width():
    signs = "".join(GLYPHS.values())
    assert len(signs) == len(set(signs)) == len(WIDTHS)
    assert set(string.ascii_letters + string.digits) <= set(signs)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("0123456789", 42.5),  # ten digits of 4.25 pt, as cmr8.tfm has them
        ("29.00", 19.36),  # four of them, and a stop of 2.36 pt
        ("", 0.0),
    ],
)
def test_a_text_is_as_wide_as_its_letters(text, points):
    assert width(text) == pytest.approx(points, abs=0.01)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Gap to ANN (dB)", ["Gap to", "ANN", "(dB)"]),
        ("T", ["T"]),
        ("Effectiveness (dB) \u2191", ["Effectiveness", "(dB) \u2191"]),
    ],
)
def test_a_heading_goes_on_in_the_next_line_between_words(text, lines):
    assert heading(text) == lines


@pytest.mark.parametrize(("columns", "environment"), [(3, "table"), (12, "table*")])
def test_a_table_takes_both_columns_of_a_page_only_where_it_has_to(stamp, columns, environment):
    heads = [Column(f"c{at}", "PSNR", "dB", decimals=2) for at in range(columns)]
    text = as_latex("x", [Table("A", heads, [Line([29.0] * columns)])], stamp)
    assert f"\\begin{{{environment}}}\n" in text and f"\\end{{{environment}}}\n" in text
