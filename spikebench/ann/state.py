"""Reading a state dict from a file that may be damaged, hostile or another network's."""

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


def read_pth(file: Path) -> State:
    """Return the state dict of a PyTorch file without running any code in it.

    Raises `BenchError` where the file is damaged, holds more than tensors (a pickle can run code
    when it is loaded, so only tensors are let in), or is no state dict.
    """
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:
        raise BenchError(
            f"{file} cannot be loaded as a dict of tensors: {str(error).splitlines()[0]} "
            "Expected what torch.save(network.state_dict(), file) writes."
        ) from error
    if not isinstance(state, dict) or not all(isinstance(v, Tensor) for v in state.values()):
        raise BenchError(
            f"{file} holds a {type(state).__name__} that is not a dict of tensors. "
            "Expected what torch.save(network.state_dict(), file) writes."
        )
    return dict(state)


def check_state(state: State, network: nn.Module, file: Path) -> None:
    """Raise `BenchError`, with one line for each tensor that does not fit, or do nothing.

    A tensor fits if the network has it under the same name, with the same shape and type, and all
    of its values are finite.
    """
    expected = network.state_dict()
    missing = [f"`{key}` is missing" for key in expected.keys() - state.keys()]
    unknown = [f"`{key}` is not in {_name(network)}" for key in state.keys() - expected.keys()]
    shared = expected.keys() & state.keys()
    wrong = [fault for key in shared if (fault := _fault(key, state[key], expected[key]))]
    if faults := sorted([*missing, *unknown, *wrong]):
        raise BenchError(
            f"{file} does not fit {_name(network)}: {'; '.join(faults)}. "
            "Check `architecture` and `options` in the backbone's yaml, or fetch the file again."
        )


def _fault(key: str, found: Tensor, expected: Tensor) -> str | None:
    if found.shape != expected.shape:
        return f"`{key}` has shape {tuple(found.shape)}, expected {tuple(expected.shape)}"
    if found.dtype != expected.dtype:
        return f"`{key}` is {found.dtype}, expected {expected.dtype}"
    if not found.isfinite().all():
        return f"`{key}` holds NaN or infinity"
    return None


def _name(network: nn.Module) -> str:
    return type(network).__name__
