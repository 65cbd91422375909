"""A strict reader of the LaTeX that tables are written in; it knows nothing of how they are made.

What it lets pass is a small part of LaTeX that compiles: known commands, balanced braces, nested
environments, paired dollars, no bare special, and in each row as many cells as there are columns.
"""

import re

TOKEN = re.compile(
    r"""(?P<comment>(?m:^%.*)) | (?P<command>\\(?:[a-zA-Z]+|.)) | (?P<sign>[{}$&#_^~])
      | (?P<text>[^\\%{}$&#_^~]+)""",
    re.VERBOSE,
)
KNOWN = """footnotesize setlength tabcolsep caption label textbf underline
           centering begin end toprule midrule bottomrule linewidth
           endfirsthead endhead endfoot
           textbackslash textasciitilde textasciicircum textless textgreater textbar"""
TEXT = set(KNOWN.split())
KNOWN_MATH = """infty approx leq geq lceil rceil uparrow downarrow rightarrow pm cdot times circ
                sigma theta mu Delta div bullet"""
MATH = set(KNOWN_MATH.split())
SIGNS = set("&%$#_{}\\")
SMALL = r"\footnotesize\setlength{\tabcolsep}{2.0pt}"
LONG = r"\\begin\{longtable\}.*?\\end\{longtable\}"
HEAD = (r"\toprule", r"\midrule")
FOOT = (r"\bottomrule", r"\endfoot")
HEADS = [*HEAD, r"\endfirsthead", *HEAD, r"\endhead", *FOOT]  # of a table of several pages
RULES = {*HEADS}


def tables(text: str) -> list[list[list[str]]]:
    """Return each table's rows of cells, as LaTeX; raise AssertionError where it is no LaTeX."""
    _check_tokens(text)
    body = "\n".join(line for line in text.splitlines() if not line.startswith("%"))
    floats = re.findall(r"\\begin\{table\*?\}\n.*?\\end\{table\*?\}|" + LONG, body, re.DOTALL)
    assert len(floats) == len(re.findall(r"\\begin\{(?:long)?table\*?\}", body))
    assert text.count(SMALL) == len(floats)
    return [_rows(one) for one in floats]


def _rows(text: str) -> list[list[str]]:
    found = re.search(
        r"\\begin\{(tabular|longtable)\}\{((?:[lr]|p\{[^{}]*\})+)\}\n(.*)\\end\{\1\}", text, re.S
    )
    assert found, text
    columns = len(re.sub(r"p\{[^{}]*\}", "p", found[2]))
    lines = [line.strip() for line in found[3].strip().splitlines()]
    rules = [line for line in lines if line in RULES]
    if found[1] == "longtable":
        assert re.match(r"\\caption\{.*\}$", lines[0])
        assert re.match(r"\\label\{.*\} \\\\$", lines[1])
        first, again = lines.index(r"\endfirsthead"), lines.index(r"\endhead")
        assert lines[2:first] == lines[first + 1 : again]  # the head of the first page, the others
        assert rules == HEADS
        lines = [*lines[first + 1 : again], *lines[again + 1 :]]
    else:
        assert rules == [r"\toprule", r"\midrule", r"\bottomrule"]
    middle = lines.index(r"\midrule")
    head, body = (_cells(part, columns) for part in (lines[:middle], lines[middle:]))
    return [[" ".join(filter(None, texts)) for texts in zip(*head, strict=True)], *body]


def _cells(lines: list[str], columns: int) -> list[list[str]]:
    rows = [line for line in lines if line not in RULES]
    assert all(row.endswith(r" \\") for row in rows), rows
    cells = [re.split(r"(?<!\\)&", row.removesuffix(r"\\")) for row in rows]
    assert {len(row) for row in cells} <= {columns}
    return [[cell.strip() for cell in row] for row in cells]


def _check_tokens(text: str) -> None:
    open_, depth, math, place = [], 0, False, 0
    for token in TOKEN.finditer(text):
        assert token.start() == place, f"cannot read {text[place : place + 20]!r}"
        place = token.end()
        match token.lastgroup:
            case "sign":
                depth += {"{": 1, "}": -1}.get(token[0], 0)
                math ^= token[0] == "$"
                assert depth >= 0 and (token[0] in "{}$&" or math), f"bare {token[0]}"
            case "command":
                name = token[0][1:]
                known = MATH if math else TEXT | SIGNS
                assert name in known, f"unknown command {token[0]}"
                _environment(open_, name, text[place:])
            case "text":
                assert not math or "\n" not in token[0], "a dollar without its pair"
    assert place == len(text) and not open_ and depth == 0 and not math


def _environment(open_: list[str], name: str, rest: str) -> None:
    if name in ("begin", "end"):
        found = re.match(r"\{(\w+\*?)\}", rest)
        assert found
        if name == "begin":
            open_.append(found[1])
        else:
            assert open_ and open_.pop() == found[1]
