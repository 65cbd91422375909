"""Read the tensors of a network that an old PyTorch pickled as a whole, without running any of it.

`torch.save(network, file)` before PyTorch 1.6 wrote five pickles (a magic number, the version, the
system, the object, the keys of its storages) and then the bytes of the storages. A pickle names
functions to be called, so a file may do anything when it is read by the usual means. Here each name
is looked up in a closed list and nothing is imported: modules, parameters and tensors become inert
records of what the file says about them. Everything else is refused.
"""

import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO

import torch
from torch import Tensor

from spikebench.errors import BenchError

MAGIC, VERSION = 0x1950A86A20F9469CFC6C, 1001


class _Inert:
    """Keeps what a pickle hands it, and does nothing.

    A pickle may set attributes on whatever it holds, classes included, unless `__setstate__` is
    there to receive them; on a class that call fails.
    """

    def __init__(self, *given: Any) -> None:
        self.given = given

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _Module(_Inert):
    """`state` is the module's `__dict__`."""


class _Parameter(_Inert):
    """`given` is one tensor."""


class _Tensor(_Inert):
    """`given` is the key of a storage, offset, size and stride."""


# Every name that a file may use. The modules of another file are added here.
ALLOWED = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch", "FloatStorage"): torch.float32,
    ("torch._utils", "_rebuild_tensor"): _Tensor,
    ("torch.nn.backends.thnn", "_get_thnn_function_backend"): _Inert,
    ("torch.nn.modules.activation", "ReLU"): _Module,
    ("torch.nn.modules.container", "Sequential"): _Module,
    ("torch.nn.modules.conv", "Conv2d"): _Module,
    ("torch.nn.parameter", "Parameter"): _Parameter,
    ("vdsr", "Conv_ReLU_Block"): _Module,
    ("vdsr", "Net"): _Module,
}


def read_legacy_module(file: Path) -> dict[str, Tensor]:
    """Return the parameters and buffers of the one module in the file, named as in a state dict.

    The file holds the module itself or a dict with one. Raises `BenchError` where it is damaged,
    or names anything that is not needed to hold float32 tensors; no code of it runs.
    """
    try:
        with file.open("rb") as stream:
            return _read(stream, file)
    except BenchError:
        raise
    except Exception as error:
        raise BenchError(
            f"{file} cannot be read as a pickled module ({type(error).__name__}: {error}). "
            "Expected what torch.save(network, file) wrote before PyTorch 1.6; check `format`."
        ) from error


def _read(stream: BinaryIO, file: Path) -> dict[str, Tensor]:
    magic, version, system, content, keys = (_Unpickler(stream, file).load() for _ in range(5))
    if (magic, version, system["little_endian"]) != (MAGIC, VERSION, True):
        raise ValueError("not the header of such a file")
    held = list(content.values()) if isinstance(content, dict) else [content]
    modules = [value for value in held if isinstance(value, _Module)]
    if len(modules) != 1:
        raise ValueError(f"holds {len(modules)} modules, not one")
    storages = {key: _numbers(stream) for key in keys}
    return {name: _view(tensor, storages) for name, tensor in _tensors(modules[0]).items()}


class _Unpickler(pickle._Unpickler):
    """Reads one pickle of a stream; every name and every outside reference passes through here.

    It is the one in Python. That in C keeps what a pickle numbers in an array as long as the
    largest number, so that a damaged byte takes all memory, and minutes.
    """

    def __init__(self, stream: BinaryIO, file: Path) -> None:
        super().__init__(stream, encoding="utf-8")
        self.file = file

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ALLOWED:
            raise BenchError(
                f"{self.file} names `{module}.{name}`, which is not among what a network's tensors "
                "need; nothing of the file was run. If it is the class of a module, add it to "
                "ALLOWED in spikebench/ann/legacy_pickle.py; otherwise do not use the file."
            )
        return ALLOWED[module, name]

    def persistent_load(self, pid: Any) -> Any:
        match pid:
            case ("module", cls, _, _) if cls is _Module:
                return _Module
            case ("storage", torch.float32, key, _, _, None):
                return key
        raise ValueError("refers to something outside that is neither a module nor float32 values")


def _numbers(stream: BinaryIO) -> Tensor:
    """Read one storage: the number of its values in 8 bytes, then the values."""
    size = 4 * int.from_bytes(stream.read(8), "little")
    content = bytearray(stream.read(size))
    if not size or len(content) != size:
        raise ValueError(f"a storage has {len(content)} bytes, not {size}")
    return torch.frombuffer(content, dtype=torch.float32)


def _tensors(module: _Module, prefix: str = "") -> dict[str, _Tensor]:
    """Return the tensors of a module and of the modules in it, under their full names."""
    held = module.state
    parameters = {k: v.given[0] for k, v in held["_parameters"].items() if v is not None}
    found = {prefix + name: tensor for name, tensor in (parameters | held["_buffers"]).items()}
    for name, inner in held["_modules"].items():
        found |= _tensors(inner, f"{prefix}{name}.")
    return found


def _view(tensor: _Tensor, storages: dict[str, Tensor]) -> Tensor:
    """Return the tensor. Its rows must follow each other: strides could repeat one without end."""
    key, offset, size, stride = tensor.given
    numbers, shape = storages[key], torch.Size(size)
    if torch.empty(shape, device="meta").stride() != stride:
        raise ValueError(f"a tensor of shape {tuple(shape)} has the strides {stride}")
    if not 0 <= offset <= numbers.numel() - shape.numel():
        raise ValueError(f"a tensor of shape {tuple(shape)} lies outside its storage")
    return numbers[offset : offset + shape.numel()].view(shape)
