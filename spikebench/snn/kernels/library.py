"""Find the compiled kernels, and share a map's rows among threads."""

import ctypes
import functools
import importlib.util
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import torch
from torch import Tensor

LIBRARIES = ("event_conv", "neurons")
PARTS = 8  # a thread
VALUES = 1 << 14  # of a part, at least, where each takes little time


@functools.cache
def library(name: str) -> ctypes.CDLL:
    """Return a compiled library of this folder. Raises `ImportError` where it was not compiled."""
    return ctypes.CDLL(_origin(name) or _missing(name))


def available() -> bool:
    """Tell whether all kernels were compiled with the package."""
    return all(_origin(name) for name in LIBRARIES)


@functools.cache
def _origin(name: str) -> str | None:
    found = importlib.util.find_spec(f"spikebench.snn.kernels._{name}")
    return None if found is None else found.origin


def _missing(name: str) -> str:
    raise ImportError(f"The kernels of {name}.c were not compiled: ask `available()` first.")


def fits(*maps: Tensor, dtypes: tuple[torch.dtype, ...] = (torch.float32,)) -> bool:
    """Tell whether the kernels can work on these maps: (N, C, H, W), channels-last, of a dtype."""
    return available() and all(
        value.dtype in dtypes
        and value.dim() == 4
        and value.is_contiguous(memory_format=torch.channels_last)
        and value.device.type == "cpu"
        for value in maps
    )


def parallel(work: Callable[[int, int], object], count: int, smallest: int) -> None:
    """Call work(begin, end) for parts of range(count), on PyTorch's number of threads.

    There are some parts a thread, since they take unequal times, none smaller than `smallest`.
    What `work` raises is raised here, when all threads are done.
    """
    threads = torch.get_num_threads()
    parts = min(PARTS * threads, count // smallest)
    if threads == 1 or parts <= 1:
        work(0, count)
        return
    edges = [count * part // parts for part in range(parts + 1)]
    turns = iter(range(parts))  # taken by whichever thread is free

    def take_turns() -> None:
        for part in turns:
            work(edges[part], edges[part + 1])

    others = [_threads(threads - 1).submit(take_turns) for _ in range(threads - 1)]
    try:
        take_turns()
    finally:
        wait(others)
    for other in others:
        other.result()


@functools.cache
def _threads(count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count)
