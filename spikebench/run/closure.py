"""What a module depends on inside the package: its import closure, found without importing it.

`from package import name` leads to the module that defines the name, past the `__init__.py` files
that only hand it on: a method that takes one name from `spikebench.snn` depends on that name's
module and not on all of `spikebench.snn`. What lies beside a module and is no Python, such as the
kernels' C or the templates, belongs to it.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from spikebench.run.code import Import, code_of

BESIDE = {".c", ".h", ".j2", ".css", ".js"}
FACE = "__init__.py"


def closure(files: Iterable[Path], library: Path) -> list[Path]:
    """Return `files` and every source of the package `library` that they depend on, sorted.

    `library` is the package's folder. Imports inside functions count, and so do those for types. A
    file that is no Python imports nothing.
    """
    found: set[Path] = set()
    waiting = list(files)
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += imported(file, library)
    folders = {file.parent for file in found if library in file.parents}
    return sorted(found | {file for folder in folders for file in _beside(folder)})


@cache
def imported(file: Path, library: Path) -> frozenset[Path]:
    """Return the modules of the package that a file imports, or takes a name from."""
    found: set[Path] = set()
    for item in _imports(file, library.name):
        found |= _defining(item.module, item.name, library)
    return frozenset(found - {library / FACE})


def _imports(file: Path, package: str) -> list[Import]:
    """Return what a file imports from the package."""
    return [item for item in code_of(file).imports if item.module.split(".")[0] == package]


def _defining(module: str, name: str, library: Path) -> set[Path]:
    """Return the files that define `name` of a module, or all of the module where no name is."""
    place = library.joinpath(*module.split(".")[1:])
    plain, face = place.with_suffix(".py"), place / FACE
    if plain.is_file():
        return {plain}
    if not face.is_file():
        return set()  # such as a compiled library
    if name and ((place / f"{name}.py").is_file() or (place / name / FACE).is_file()):
        return _defining(f"{module}.{name}", "", library)
    for item in _imports(face, library.name):
        if item.outside and item.name and item.known_as == name:
            return _defining(item.module, item.name, library)
    return {face}


@cache
def _beside(folder: Path) -> frozenset[Path]:
    """Return what is no Python in a package's folder and in those below it that are no packages."""
    below = [sub for sub in folder.iterdir() if sub.is_dir() and not (sub / FACE).is_file()]
    files = [file for file in folder.iterdir() if file.suffix in BESIDE]
    return frozenset([*files, *(f for sub in below for f in sub.rglob("*") if f.suffix in BESIDE)])
