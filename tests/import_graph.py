"""The imports of this repository's Python files, read from their syntax trees.

Imports inside functions and those for types alone (TYPE_CHECKING) count: a reader has to follow
them, too.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
PACKAGE = REPOSITORY / "spikebench"
FILES = sorted(PACKAGE.rglob("*.py"))


def name_of(file: Path) -> str:
    """Return the dotted name of a module below the repository; a package has its folder's name."""
    parts = file.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(file): file for file in FILES}


@cache
def tree(file: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


@cache
def imports(file: Path) -> frozenset[str]:
    """Return the modules that a file imports, of this package and of others, with dotted names.

    `from package import name` is the module `package.name` where there is one, else `package`.
    """
    return frozenset(_imports(tree(file)))


def _imports(root: ast.Module) -> Iterator[str]:
    for node in ast.walk(root):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.module and not node.level, "imports are absolute"
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = inside & MODULES.keys()
            yield from modules
            if modules != inside:
                yield node.module


def edges() -> dict[str, frozenset[str]]:
    """Return for every module of the package those of the package that it imports."""
    return {name: imports(file) & MODULES.keys() for name, file in MODULES.items()}
