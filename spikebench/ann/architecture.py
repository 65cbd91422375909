"""The files of backbones/: one network class in each, plain PyTorch."""

import ast
import importlib.util
import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import nn

from spikebench.errors import BenchError


def load_architecture(file: Path) -> type[nn.Module]:
    """Import the file and return the one `nn.Module` class that is no part of another in it.

    Raises `BenchError` where the file is missing, cannot be imported, or defines none or several.
    The file is code and runs: use files you trust.
    """
    module = _import(file)
    defined = {
        name: value
        for name, value in vars(module).items()
        if inspect.isclass(value)
        and issubclass(value, nn.Module)
        and value.__module__ == module.__name__
    }
    parts = _parts(file, set(defined)) if len(defined) > 1 else set()
    found = [value for name, value in defined.items() if name not in parts]
    if len(found) != 1:
        names = f" ({', '.join(value.__name__ for value in found)})" if found else ""
        raise BenchError(
            f"{file} defines {len(found)} networks{names}; expected exactly one class derived from "
            "torch.nn.Module that is no part of another. Give each network its own file."
        )
    return found[0]


def _parts(file: Path, classes: set[str]) -> set[str]:
    """Return the classes that others use, themselves or through functions of the file."""
    definitions = ast.ClassDef | ast.FunctionDef
    nodes = [n for n in ast.parse(file.read_bytes()).body if isinstance(n, definitions)]
    named = {
        node.name: {word.id for word in ast.walk(node) if isinstance(word, ast.Name)}
        for node in nodes
    }
    parts: set[str] = set()
    for name in classes:
        reached: set[str] = set()
        waiting = [name]
        while waiting:
            new = named.get(waiting.pop(), set()) - reached
            reached |= new
            waiting += new
        parts |= reached & classes - {name}
    return parts


def construct(file: Path, options: dict[str, Any]) -> nn.Module:
    """Return the network of `file` with random weights.

    Raises `BenchError` naming the options where they do not fit the class.
    """
    network = load_architecture(file)
    try:
        return network(**options)
    except Exception as error:
        raise BenchError(
            f"{file}: {network.__name__} cannot be built with the options {options}: {error}. "
            f"It takes {inspect.signature(network)}."
        ) from error


def _import(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"backbones.{file.stem}", file)
    if spec is None or spec.loader is None or not file.is_file():
        raise BenchError(f"There is no architecture file {file}. Check `architecture`.")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise BenchError(f"{file} cannot be imported: {type(error).__name__}: {error}.") from error
    return module
