"""The files of backbones/: one network class in each, plain PyTorch."""

import importlib.util
import inspect
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import nn

from spikebench.errors import BenchError


def load_architecture(file: Path) -> type[nn.Module]:
    """Import the file and return the one `nn.Module` class that it defines.

    Raises `BenchError` where the file is missing, cannot be imported, or defines none or several.
    The file is code and runs: use files you trust.
    """
    module = _import(file)
    found = [
        value
        for value in vars(module).values()
        if inspect.isclass(value)
        and issubclass(value, nn.Module)
        and value.__module__ == module.__name__
    ]
    if len(found) != 1:
        raise BenchError(
            f"{file} defines {len(found)} networks; expected exactly one class derived from "
            "torch.nn.Module. Build blocks with functions, or give each network its own file."
        )
    return found[0]


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
