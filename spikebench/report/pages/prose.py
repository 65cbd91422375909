"""The documentation of a method's file as parts of a page: paragraphs, formulas, lists."""

import re
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from spikebench.report.text import inline

ITEM = re.compile(r"^(?:-|\d+\.) ")


@dataclass(frozen=True)
class Part:
    """A part of a text: `kind` is paragraph, formula, list or steps; each line is a safe text."""

    kind: str
    lines: list[Markup] = field(default_factory=list)


def parts(documentation: str) -> list[Part]:
    """Return the parts of a docstring, which blank lines part.

    Indented lines are formulas and keep their lines; lines that begin with a dash or a number are a
    list, also right below a paragraph; `words` in backquotes are code.
    """
    found: list[Part] = []
    for block in re.split(r"\n\s*\n", documentation.strip()):
        found += _parts(block.split("\n"))
    return found


def _parts(lines: list[str]) -> list[Part]:
    if all(line.startswith("    ") for line in lines):
        return [Part("formula", [escape(line.removeprefix("    ")) for line in lines])]
    start = next((at for at, line in enumerate(lines) if ITEM.match(line)), len(lines))
    found = [Part("paragraph", [inline(_joined(lines[:start]))])] if start else []
    if start < len(lines):
        kind = "list" if lines[start].startswith("-") else "steps"
        found.append(Part(kind, [inline(item) for item in _items(lines[start:])]))
    return found


def _items(lines: list[str]) -> list[str]:
    """Return the items of a list; a line that begins none goes on with the one before it."""
    items: list[list[str]] = []
    for line in lines:
        if ITEM.match(line):
            items.append([])
        items[-1].append(ITEM.sub("", line))
    return [_joined(item) for item in items]


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines)
