"""Reading a state dict from a file that may be damaged, hostile or another network's."""

import re
from difflib import get_close_matches
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from spikebench.errors import BenchError

State = dict[str, Tensor]


def read_safetensors(file: Path) -> State:
    """Return the tensors of a safetensors file; `BenchError` if it cannot be read."""
    try:
        return load_file(file)
    except Exception as error:
        raise BenchError(
            f"{file} is not a readable safetensors file ({error}). Delete it and fetch it again."
        ) from error


def renamed(state: State, rename: dict[str, str | None], file: Path) -> State:
    """Return the state under the names that `Weights.rename` gives its tensors.

    Raises `BenchError` for an entry that matches no tensor, for a replacement that is none, and
    where two tensors would get one name.
    """
    for pattern, replacement in rename.items():
        if not any(re.match(pattern, key) for key in state):
            raise BenchError(
                f"{file}: the `rename` entry '{pattern}' matches none of its tensors, which are "
                f"{some(state)}. Correct or remove the entry."
            )
        state = _renamed_once(state, pattern, replacement, file)
    return state


def with_counters(state: State, network: nn.Module) -> State:
    """Return the state with BatchNorm's counters of steps, 0 where the file has none.

    PyTorch wrote none before 0.4.1, and in evaluation nothing depends on them.
    """
    expected = network.state_dict()
    return {k: v for k, v in expected.items() if k.endswith("num_batches_tracked")} | state


def check_state(state: State, network: nn.Module, file: Path) -> None:
    """Raise `BenchError`, with one entry for each tensor that does not fit, or do nothing.

    A tensor fits if the network has it under the same name, with the same shape and type, and all
    of its values are finite. Beside a name that the network does not have stands the nearest one
    that is missing, of the same shape if there is one.
    """
    expected = network.state_dict()
    lost = {key: value for key, value in expected.items() if key not in state}
    missing = [f"`{key}` is missing" for key in lost]
    unknown = [
        f"`{key}` is not in {_name(network)}{_nearest(key, value, lost)}"
        for key, value in state.items()
        if key not in expected
    ]
    shared = expected.keys() & state.keys()
    wrong = [fault for key in shared if (fault := _fault(key, state[key], expected[key]))]
    if faults := sorted([*missing, *unknown, *wrong]):
        raise BenchError(
            f"{file} does not fit {_name(network)}: {'; '.join(faults)}. Check `architecture` and "
            "`options` in the backbone's yaml, say by `rename` which names differ, or fetch the "
            "file again."
        )


def is_plain(value: Tensor) -> bool:
    """Tell whether a tensor simply holds real numbers: none of them implied, scaled or absent."""
    dense = value.layout is torch.strided and not value.is_quantized and not value.is_meta
    return dense and not value.is_complex() and value.dtype is not torch.bool


def some(state: State) -> str:
    """Return the first names of a state, for a message."""
    keys = list(state)
    return ", ".join(f"`{key}`" for key in keys[:5]) + (", ..." if len(keys) > 5 else "")


def _renamed_once(state: State, pattern: str, replacement: str | None, file: Path) -> State:
    changed: State = {}
    for key, value in state.items():
        name = _new_name(key, pattern, replacement, file)
        if name in changed:
            raise BenchError(
                f"{file}: the `rename` entry '{pattern}' gives two tensors the name `{name}`. "
                "Correct it so that every tensor keeps a name of its own."
            )
        if name is not None:
            changed[name] = value
    return changed


def _new_name(key: str, pattern: str, replacement: str | None, file: Path) -> str | None:
    match = re.match(pattern, key)
    if match is None or replacement is None:
        return None if match else key
    try:
        return match.expand(replacement) + key[match.end() :]
    except (re.error, IndexError) as error:
        raise BenchError(
            f"{file}: `rename` cannot replace '{pattern}' by '{replacement}': {error}."
        ) from error


def _nearest(key: str, value: Tensor, lost: State) -> str:
    alike = [name for name, missing in lost.items() if missing.shape == value.shape]
    nearest = get_close_matches(key, alike or lost, n=1)
    return f" (is it `{nearest[0]}`?)" if nearest else ""


def _fault(key: str, found: Tensor, expected: Tensor) -> str | None:
    if found.shape != expected.shape:
        return f"`{key}` has shape {tuple(found.shape)}, expected {tuple(expected.shape)}"
    if not is_plain(found):
        return f"`{key}` is no plain tensor of real numbers ({found.layout}, {found.dtype})"
    if found.dtype != expected.dtype:
        return f"`{key}` is {found.dtype}, expected {expected.dtype}"
    if not found.isfinite().all():
        return f"`{key}` holds NaN or infinity"
    return None


def _name(network: nn.Module) -> str:
    return type(network).__name__
