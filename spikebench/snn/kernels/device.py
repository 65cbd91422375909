"""Which device computes: the CPU, or a GPU that rounds as told and repeats itself."""

import os

import torch

from spikebench.errors import BenchError
from spikebench.snn.kernels.processor import processor

CPU = torch.device("cpu")


def chosen(name: str, *, strict: bool = True) -> torch.device:
    """Return the device of a configuration's `device`: cpu, cuda, or auto.

    `auto` is a GPU where there is one. Where a GPU is returned, PyTorch is set to be exact and
    repeatable on it for the rest of the process; `strict` refuses what cannot be repeated, else
    there is a warning. Raises `BenchError` for `cuda` without a GPU.
    """
    there = name != CPU.type and torch.cuda.is_available()
    if name == "cuda" and not there:
        raise BenchError(
            "`device: cuda` asks for a GPU, and PyTorch finds none here. Run on a machine with "
            "one and a CUDA build of PyTorch, or write `device: cpu`, or `auto` for either."
        )
    if not there:
        return CPU
    be_exact(strict=strict)
    return torch.device("cuda", torch.cuda.current_device())


def be_exact(*, strict: bool = True) -> None:
    """Compute float32 as float32 on a GPU, and in an order that is always the same."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when cuBLAS first starts
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = False
    # NaN in every new map would be slow, and nothing here reads what was not written.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.use_deterministic_algorithms(True, warn_only=not strict)


def described(device: torch.device) -> str:
    """Return the device as the column `device` names it, such as "cuda: NVIDIA H200".

    A processor is named with what decides its rounding, see `spikebench.snn.kernels.processor`.
    """
    if device.type == CPU.type:
        return f"{device.type}: {processor()}"
    return f"{device.type}: {torch.cuda.get_device_name(device)}"
