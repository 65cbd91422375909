"""Documentation becomes paragraphs, formulas and lists, and every character stays text."""

import pytest

from spikebench.report.pages.prose import Part, inline, parts
from spikebench.run import catalogue
from spikebench.snn.method import load_method

TEXT = """One sentence
over two lines.

    v += I
    if v >= theta: s = 1 & <b>

Then

1. the `first` step,
   which goes on;
2. the second:

- one
- other
"""


def test_parts_of_a_text():
    assert parts(TEXT) == [
        Part("paragraph", ["One sentence over two lines."]),
        Part("formula", ["v += I", "if v &gt;= theta: s = 1 &amp; &lt;b&gt;"]),
        Part("paragraph", ["Then"]),
        Part("steps", ["the <code>first</code> step, which goes on;", "the second:"]),
        Part("list", ["one", "other"]),
    ]


def test_a_list_right_below_its_introduction():
    assert [part.kind for part in parts("Two kinds:\n- a\n- b")] == ["paragraph", "list"]


def test_markup_in_code_is_text():
    assert inline("`<i>` <i>") == "<code>&lt;i&gt;</code> &lt;i&gt;"


def test_nothing_to_say():
    assert parts("") == [Part("paragraph", [""])]


@pytest.mark.parametrize("name", catalogue.method_names(["methods"]))
def test_no_word_of_any_method_is_lost(name):
    text = load_method(catalogue.method_file(name, ["methods"])).documentation
    shown = " ".join(line.striptags() for part in parts(text) for line in part.lines)
    lost = set(text.replace("`", "").split()) - set(shown.split())
    assert lost <= {"-", "1.", "2.", "3."}  # what begins an item of a list
