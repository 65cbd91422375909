"""Tables as LaTeX with booktabs: what the page shows, the best bold, the second underlined."""

import re

from spikebench.report.tables.stamp import Stamp
from spikebench.report.tables.table import Column, Table
from spikebench.report.tables.widths import COLUMN, SEPARATION, heading, width

MARKED = {"best": r"\textbf{%s}", "second": r"\underline{%s}", "": "%s"}
PROSE = r"p{0.32\linewidth}"
SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "[": "{[}",  # else an option of the \\ before it
    "]": "{]}",
    "\N{MINUS SIGN}": "$-$",
    "\N{EN DASH}": "--",
    "\N{EM DASH}": "---",
    "\N{INFINITY}": r"$\infty$",
    "≈": r"$\approx$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "⌈": r"$\lceil$",
    "⌉": r"$\rceil$",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
    "→": r"$\rightarrow$",
    "±": r"$\pm$",
    "·": r"$\cdot$",
    "●": r"$\bullet$",
    "×": r"$\times$",  # noqa: RUF001
    "°": r"$^\circ$",
    "\N{GREEK SMALL LETTER SIGMA}": r"$\sigma$",
    "θ": r"$\theta$",
    "μ": r"$\mu$",
    "Δ": r"$\Delta$",
    "\N{DIVISION SIGN}": r"$\div$",
    "\N{LEFT SINGLE QUOTATION MARK}": "`",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "“": "``",
    "”": "''",
}
# What the T1 encoding has letters for
LATIN = re.compile(r"[\x20-\x7e\u00c0-\u00ffĄąĆćČčĎďĘęĚěĞğİŁłŃńŇňŐőŒœŘřŚśŞşŠšŤťŮůŰűŹźŻżŽž]")
NEEDS = r"% needs \usepackage[T1]{fontenc} and \usepackage{booktabs,longtable}"
SMALL = rf"\footnotesize\setlength{{\tabcolsep}}{{{SEPARATION}pt}}"
PAGE = 45  # rows of a table that fits on one page; a longer one goes on over several


def as_latex(name: str, tables: list[Table], stamp: Stamp) -> str:
    """Return tables below each other, the stamp in comments on top; `name` begins their labels."""
    comments = [f"% {' '.join(line.split())}" for line in stamp.lines(tables)]
    floats = [_float("-".join([name, *table.keys.values()]), table, stamp) for table in tables]
    return "\n".join([*comments, NEEDS, *(f"\n{text}" for text in floats)]) + "\n"


def escaped(text: str) -> str:
    """Return a text that LaTeX sets as it is, in one line.

    A letter that no usual font of LaTeX has is written as its code, such as U+4E2D.
    """
    return "".join(map(_sign, " ".join(text.split())))


def _sign(sign: str) -> str:
    if sign in SPECIAL:
        return SPECIAL[sign]
    return sign if LATIN.fullmatch(sign) else f"U+{ord(sign):04X}"


def frame(
    columns: str,
    caption: str,
    label: str,
    head: list[str],
    body: list[str],
    *,
    long: bool,
    wide: str = "",
) -> str:
    """Return a table of rows that are written already; a long one goes on over several pages.

    `columns` are the letters of the alignment, `head` and `body` lines of LaTeX. With "*" as `wide`
    it takes both columns of a page that has two.
    """
    named = [rf"  \caption{{{caption}}}", rf"  \label{{{label}}}"]
    opened = [r"    \toprule", *head, r"    \midrule"]
    if long:
        return "\n".join(
            [
                rf"{{{SMALL}",
                rf"\begin{{longtable}}{{{columns}}}",
                named[0],
                rf"{named[1]} \\",
                *(*opened, r"  \endfirsthead"),
                *(*opened, r"  \endhead"),
                *(r"    \bottomrule", r"  \endfoot"),
                *body,
                r"\end{longtable}}",
            ]
        )
    return "\n".join(
        [
            *(rf"\begin{{table{wide}}}", r"  \centering", f"  {SMALL}", *named),
            rf"  \begin{{tabular}}{{{columns}}}",
            *opened,
            *body,
            *(r"    \bottomrule", r"  \end{tabular}", rf"\end{{table{wide}}}"),
        ]
    )


def _float(label: str, table: Table, stamp: Stamp) -> str:
    words = f"{table.title}. {table.caption}".strip()
    return frame(
        "".join(map(_alignment, table.shown)),
        f"{escaped(words)} Table {stamp.table_id}.",
        f"tab:{re.sub('[^a-z0-9]+', '-', label)}-{stamp.table_id}",
        _head(table),
        _body(table),
        long=len(table.lines) > PAGE,
        wide="" if _width(table) <= COLUMN else "*",
    )


def _head(table: Table) -> list[str]:
    """Return the headings, each in lines of a few words, so that they widen no column."""
    headings = [heading(column.heading) for column in table.shown]
    lines = max(map(len, headings))
    return [
        _row([escaped(lines_of[at]) if at < len(lines_of) else "" for lines_of in headings])
        for at in range(lines)
    ]


def _width(table: Table) -> float:
    """Return how wide the table is in points; prose takes what PROSE says, a third of its line."""
    entries = [[entry.text for entry in line] for line in table.entries()]
    widths = [
        COLUMN / 3
        if column.prose
        else max(width(text) for text in (*heading(column.heading), *(e[at] for e in entries)))
        for at, column in enumerate(table.shown)
    ]
    return sum(widths) + 2 * SEPARATION * len(widths)


def _body(table: Table) -> list[str]:
    return [
        _row([MARKED[entry.mark] % escaped(entry.text) for entry in line])
        for line in table.entries()
    ]


def _row(texts: list[str]) -> str:
    return f"    {' & '.join(texts)} \\\\"


def _alignment(column: Column) -> str:
    return "r" if column.numeric else PROSE if column.prose else "l"
