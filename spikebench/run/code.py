"""The code of a source file, without what no interpreter sees: comments, docstrings, formatting."""

import ast
import hashlib
import re
from functools import cache
from pathlib import Path

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)  # of C
WITH_DOCSTRING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_sha256(file: Path) -> str:
    """Return the SHA-256 of a file's code, 64 hex digits.

    Of a file ending in .py that is no Python, and of one that is neither Python nor C, it is the
    SHA-256 of all its bytes.
    """
    content = file.read_bytes()
    if file.suffix == ".py":
        return _python_sha256(content)
    if file.suffix in (".c", ".h"):
        content = " ".join(COMMENT.sub(" ", content.decode("utf-8")).split()).encode()
    return hashlib.sha256(content).hexdigest()


@cache
def tree(content: bytes) -> ast.Module | None:
    """Return the syntax tree of a file; None where it is no Python, as whoever runs it will say."""
    try:
        return ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@cache
def _python_sha256(content: bytes) -> str:
    found = tree(content)
    return hashlib.sha256(content if found is None else canonical(found).encode()).hexdigest()


def canonical(root: ast.Module) -> str:
    """Return a syntax tree as words: of each node its kind and its fields, without empty ones.

    Each node says how many fields follow and each list how many items, so that different trees give
    different words. Positions are no fields, and docstrings are left out.
    """
    words: list[str] = []
    waiting: list[object] = [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, ast.AST):
            fields = _fields(item)
            words += [type(item).__name__, str(len(fields)), *fields]
            waiting += fields.values()
        elif isinstance(item, list):
            words.append(f"[{len(item)}]")
            waiting += item
        else:
            words.append(repr(item))
    return " ".join(words)


def _fields(node: ast.AST) -> dict[str, object]:
    found = {}
    for name in node._fields:
        value = getattr(node, name, None)
        if name == "body" and isinstance(node, WITH_DOCSTRING):
            value = _without_docstring(node.body)
        if value is not None and value != []:
            found[name] = value
    return found


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return body
    return body[1:] if isinstance(first.value.value, str) else body
