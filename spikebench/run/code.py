"""What a source says: its code without comments, docstrings and formatting, and its imports."""

import ast
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)  # of C
WITH_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Import:
    """One name that a file imports, and calls `known_as`; all of `module` where `name` is "".

    `outside` tells that the import is the file's own statement, in no function, class or condition.
    """

    module: str
    name: str
    known_as: str
    outside: bool


@dataclass(frozen=True)
class Code:
    """The SHA-256 of a file's code, 64 hex digits, and what the file imports if it is Python."""

    sha256: str
    imports: tuple[Import, ...] = ()


def code_of(file: Path) -> Code:
    """Return what a file says.

    Of a file ending in .py that is no Python, and of one that is neither Python nor C, the SHA-256
    is that of all its bytes.
    """
    content = file.read_bytes()
    if file.suffix == ".py":
        return _of_python(content)
    if file.suffix in (".c", ".h"):
        content = " ".join(COMMENT.sub(" ", content.decode("utf-8")).split()).encode()
    return Code(hashlib.sha256(content).hexdigest())


@cache
def _of_python(content: bytes) -> Code:
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # whoever runs it will say so
        return Code(hashlib.sha256(content).hexdigest())
    words, nodes = canonical(tree)
    found = [item for node in nodes for item in _imported(node, outside=node in tree.body)]
    return Code(hashlib.sha256(words.encode()).hexdigest(), tuple(found))


def canonical(tree: ast.Module) -> tuple[str, list[ast.Import | ast.ImportFrom]]:
    """Return a syntax tree as words, and the imports in it.

    Words are of each node its kind and its fields, without empty ones. Each node says how many
    fields follow and each list how many items, so that different trees give different words.
    Positions are no fields, and docstrings are left out.
    """
    words: list[str] = []
    imports: list[ast.Import | ast.ImportFrom] = []
    waiting: list[object] = [tree]
    while waiting:
        item = waiting.pop()
        if isinstance(item, ast.AST):
            fields = _fields(item)
            words += [type(item).__name__, str(len(fields)), *fields]
            waiting += fields.values()
            if isinstance(item, ast.Import | ast.ImportFrom):
                imports.append(item)
        elif isinstance(item, list):
            words.append(f"[{len(item)}]")
            waiting += item
        else:
            words.append(repr(item))
    return " ".join(words), imports


def _fields(node: ast.AST) -> dict[str, object]:
    found = {name: getattr(node, name, None) for name in node._fields}
    if isinstance(node, WITH_DOCSTRING):
        found["body"] = _without_docstring(node.body)
    return {name: value for name, value in found.items() if value is not None and value != []}


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return body
    return body[1:] if isinstance(first.value.value, str) else body


def _imported(node: ast.Import | ast.ImportFrom, outside: bool) -> Iterator[Import]:
    for alias in node.names:
        known_as = alias.asname or alias.name
        if isinstance(node, ast.Import):
            yield Import(alias.name, "", known_as, outside)
        else:
            yield Import(node.module or "", alias.name, known_as, outside)
