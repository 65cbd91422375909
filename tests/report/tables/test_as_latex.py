"""Tables as LaTeX."""

import shutil
import subprocess
from dataclasses import replace

import pytest

from spikebench.report.tables.as_latex import as_latex
from spikebench.report.tables.write import texts
from tests.report.tables.strict_latex import tables

DOCUMENT = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage{booktabs,longtable}
\begin{document}
%s
\end{document}
"""


def test_the_stamp_stands_in_comments(hostile, stamp):
    assert as_latex("ranking", [hostile], stamp).splitlines()[:3] == [
        "% SpikingIR Bench, table 0123456789ab",
        "% version 0.1.0, run made_up, 2026-01-02, commit c0ffee+dirty",
        "% protocol grey_float",
    ]


def test_hostile_texts_are_texts(hostile, stamp):
    (rows,) = tables(as_latex("ranking", [hostile], stamp))
    names = [row[0] for row in rows[1:]]
    assert names[0] == r"\textless{}script\textgreater{}alert(1)\textless{}/script\textgreater{}"
    assert names[2] == (
        r"100 \% of a\_b \& c\#d\$e\textasciicircum{}f\textasciitilde{}g\{h\}i\textbackslash{}j"
    )
    assert names[8] == r"U+4E2D é $\leq$ $-$"


def test_best_is_bold_second_underlined_and_odd_numbers_are_shown(hostile, odd, stamp):
    marked, plain = tables(as_latex("ranking", [hostile, odd], stamp))
    assert [row[1] for row in marked[-2:]] == [r"\underline{7.00}", r"\textbf{8.00}"]
    assert [row[1] for row in plain[1:]] == [r"$\infty$", "--", "--", "0.00"]


def test_a_label_is_of_its_table(hostile, stamp):
    assert r"\label{tab:ranking-a-0123456789ab}" in as_latex("ranking", [hostile], stamp)


@pytest.mark.parametrize("broken", ["a_b", r"\oops", "a & b", "{", "$", "50 % x"])
def test_the_reader_refuses_what_does_not_compile(hostile, stamp, broken):
    text = as_latex("ranking", [hostile], stamp).replace("-2+3", broken)
    with pytest.raises(AssertionError):
        tables(text)


def test_a_table_longer_than_a_page_goes_on_over_several(hostile, stamp):
    long = replace(hostile, lines=hostile.lines * 6)
    text = as_latex("ranking", [long], stamp)
    assert text.count(r"\begin{longtable}") == 1 and r"\begin{table}" not in text
    short, whole = (tables(as_latex("x", [table], stamp))[0] for table in (hostile, long))
    assert len(whole) == 1 + 6 * (len(short) - 1) and whole[0] == short[0]


def test_every_table_of_a_run_is_strict_latex(results, shown):
    written = {name: text for name, text in texts(results, shown) if name.endswith(".tex")}
    assert all(tables(text) for text in written.values())
    assert len(written) == 10


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no TeX on this machine")
def test_every_table_compiles(results, shown, hostile, odd, stamp, tmp_path):
    sources = [text for name, text in texts(results, shown) if name.endswith(".tex")]
    sources.append(as_latex("odd", [hostile, odd], stamp))
    sources.append(as_latex("long", [replace(hostile, lines=hostile.lines * 20)], stamp))
    (tmp_path / "all.tex").write_text(DOCUMENT % "\n".join(sources), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
