"""Read what people save of a network, without running any code of it.

What is read: what `torch.save` writes of dicts, lists, tensors and plain values, in its format of
today and the one before PyTorch 1.6, and safetensors. A pickle can name any function to be called,
so that one which names anything besides is refused (PyTorch, notes on serialization,
`weights_only`).
"""

import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.serialization import safe_globals

from spikebench.ann.state import State, read_safetensors
from spikebench.errors import BenchError

EXPECTED = (
    "Expected what torch.save(network.state_dict(), file) writes, also inside of a dict, or a "
    "safetensors file."
)
UNSAFE = re.compile(r"GLOBAL (\S+)|class (\S+)")
DEEPEST, MOST = 20, 1_000_000  # containers in containers, and entries: a list can hold itself


class _Number:
    """Stands for a number or an array of NumPy, such as a PSNR that was saved beside the weights.

    It keeps nothing: no code of NumPy runs on what the file says.
    """

    def __init__(self, *given: Any) -> None: ...

    def __setstate__(self, state: Any) -> None: ...


NUMBERS: list[Any] = [
    (_Number, f"{package}.{name}")
    for package in ("numpy.core.multiarray", "numpy._core.multiarray")
    for name in ("scalar", "_reconstruct")
] + [(_Number, "numpy.dtype"), (_Number, "numpy.ndarray"), (_Number, "_codecs.encode")]


def read_checkpoint(file: Path) -> State:
    """Return every tensor in the file under the keys that lead to it: `params.body.0.weight`.

    Raises `BenchError` where the file cannot be read, is damaged, holds objects that only running
    code would read, or holds no tensor.
    """
    content = _content(file)
    tensors: State = {}
    for name, value in _tensors(content, file):
        if name in tensors:
            raise BenchError(
                f"{file} holds two tensors that are both reached by `{name}`. Save one of them: "
                "torch.save(network.state_dict(), file)."
            )
        tensors[name] = value.detach()
    if not tensors:
        raise BenchError(f"{file} holds a {type(content).__name__} without any tensor. {EXPECTED}")
    return tensors


def _content(file: Path) -> Any:
    try:
        with file.open("rb") as stream:
            head = stream.read(9)
    except OSError as error:
        raise BenchError(f"{file} cannot be read: {error.strerror}.") from error
    if head[8:] == b"{":  # 8 bytes of length, then JSON
        return read_safetensors(file)
    if head[:2] == b"PK":
        _check_archive(file)
    try:
        with safe_globals(NUMBERS):
            return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:
        raise BenchError(_refusal(file, str(error))) from error


def _check_archive(file: Path) -> None:
    """Refuse zip files that PyTorch did not write, and those that hold a program."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return  # damaged: PyTorch says how
    if any(re.fullmatch(r"[^/]+/constants\.pkl", name) for name in names):
        raise BenchError(
            f"{file} is a TorchScript program. Save its tensors alone: "
            "torch.save(torch.jit.load(FILE).state_dict(), NEW)."
        )
    if not any(name.endswith("data.pkl") for name in names):
        raise BenchError(
            f"{file} is an archive of {', '.join(names[:3]) or 'nothing'}, not a file of "
            f"torch.save. Unpack it and name the file inside. {EXPECTED}"
        )


def _refusal(file: Path, message: str) -> str:
    if "Unsupported" in message and (found := UNSAFE.search(message)):
        return (
            f"{file} holds objects besides tensors ({found[1] or found[2]}), which only running "
            "its code would read. If you trust it, save its tensors alone: "
            f"python -c \"import torch; c = torch.load('{file.name}', weights_only=False); "
            "torch.save(c['state_dict'], 'tensors.pth')\", with the key it has in place of "
            "'state_dict', or c.state_dict() if it is a whole network."
        )
    last = [line for line in message.splitlines() if line.strip()][-1:] or ["it is empty"]
    return f"{file} cannot be read as a checkpoint: {last[0].strip()[:200]} {EXPECTED}"


def _tensors(content: Any, file: Path) -> Iterator[tuple[str, Tensor]]:
    """Yield the tensors in containers, in their order, each with the keys that lead to it."""
    waiting, seen = [("", content, 0)], 0
    while waiting:
        name, value, depth = waiting.pop()
        if isinstance(value, Tensor):
            yield name, value
        elif depth < DEEPEST and isinstance(value, Mapping | list | tuple):
            items = value.items() if isinstance(value, Mapping) else enumerate(value)
            inner = [(f"{name}.{key}" if name else str(key), v, depth + 1) for key, v in items]
            waiting += reversed(inner)
            seen += len(inner)
        if seen > MOST:
            raise BenchError(f"{file} holds more than {MOST:,} entries. {EXPECTED}")
