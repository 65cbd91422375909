"""What a method's file declares of its options, read without running it.

Importing a method imports torch, for which no start of Snakemake should wait. An annotation is
worked out where it consists of built-in types, of names from `typing` and `pydantic`, and of those
that `spikebench.options.ranges` defines. Where it needs more, the option is known and its values
are checked when the method is loaded, by the same rules.
"""

import ast
import builtins
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import annotated_types
import pydantic

from spikebench.options import ranges

BASES = ("Method", "Reference")
# Where an annotation may take names from; of the interface these are all that it needs.
PLAIN = {"typing": typing, "pydantic": pydantic, "annotated_types": annotated_types}
SOURCES = PLAIN | {"spikebench.snn": ranges}
METADATA = ("title", "citation", "family", "anytime", "renamed")
TYPES = ("bool", "dict", "float", "int", "list", "str", "tuple")
BUILTINS = {name: getattr(builtins, name) for name in TYPES}


@dataclass(frozen=True)
class Declared:
    """The options of a method by name, each with its type, `Any` where that is not worked out.

    `renamed` says what options of an earlier version are now; `family` is "" where the file
    does not state it as a text. `recipe` is that of finetuning/ which the method was made for, ""
    where it converts plain weights.
    """

    options: dict[str, Any] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    family: str = ""
    recipe: str = ""


@cache
def declared(file: Path) -> Declared | None:
    """Return what the one method of a file declares; None where that cannot be read from the text.

    It cannot of a file that is no Python or has not exactly one class derived from `Method` or
    `Reference`, nor of a class with another base, which may have options of its own.
    """
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # whoever loads it will say so
    found = [node for node in tree.body if isinstance(node, ast.ClassDef) and _bases(node)]
    if len(found) != 1 or len(found[0].bases) != 1:
        return None
    names = BUILTINS | dict(_names(tree))
    values = dict(_assigned(found[0]))
    return Declared(
        options={
            name: _worked_out(annotation, names)
            for name, annotation, value in _annotated(found[0])
            if name not in METADATA and (value is not None or name == "tuned")
        },
        renamed=_literal(values.get("renamed")) or {},
        family=_family(found[0], values),
        recipe=_literal(values.get("tuned")) or "",
    )


def _bases(node: ast.ClassDef) -> list[str]:
    """Return which bases of a class are those of a method."""
    return [last for base in node.bases if (last := _last(base)) in BASES]


def _last(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]


def _family(node: ast.ClassDef, values: dict[str, ast.expr]) -> str:
    stated = _literal(values.get("family"))
    if isinstance(stated, str):
        return stated
    return "reference" if "Reference" in _bases(node) else ""


def _annotated(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr, ast.expr | None]]:
    for line in node.body:
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            yield line.target.id, line.annotation, line.value


def _assigned(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    """Yield name and value of what a class sets, one of several at once included."""
    yield from ((name, value) for name, _, value in _annotated(node) if value is not None)
    for line in (line for line in node.body if isinstance(line, ast.Assign)):
        for target in line.targets:
            yield from _pairs(target, line.value)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, other in zip(target.elts, value.elts, strict=False):
            yield from _pairs(one, other)


def _literal(node: ast.expr | None) -> Any:
    try:
        return None if node is None else ast.literal_eval(node)
    except ValueError:
        return None


def _names(tree: ast.Module) -> Iterator[tuple[str, Any]]:
    """Yield what the file's imports bind, as far as it is at hand without torch."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in PLAIN:
                    yield alias.asname or alias.name, PLAIN[alias.name]
        if isinstance(node, ast.ImportFrom) and node.module in SOURCES:
            for alias in node.names:
                if hasattr(SOURCES[node.module], alias.name):
                    yield alias.asname or alias.name, getattr(SOURCES[node.module], alias.name)


def _worked_out(annotation: ast.expr, names: dict[str, Any]) -> Any:
    code = compile(ast.Expression(annotation), "annotation", "eval")
    try:
        return eval(code, {"__builtins__": {}} | names)
    except Exception:
        return Any
