"""Memory of a device: what does not fit is simulated in smaller parts."""

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor

from spikebench.errors import BenchError
from spikebench.snn.engine.tiling import BUDGET

SMALLEST = 16 << 20  # bytes
Result = TypeVar("Result")


def halved(run: Callable[[Tensor], list[Result]], batch: Tensor) -> list[Result]:
    """Return run(batch), a result for each image, or what halves give where memory runs out.

    `batch` is (N, C, H, W). Raises `torch.OutOfMemoryError` where one image is too much.
    """
    try:
        return run(batch)
    except torch.OutOfMemoryError:
        if len(batch) == 1:
            raise
    torch.cuda.empty_cache()  # outside of the handler, which holds the maps
    middle = len(batch) // 2
    return [*halved(run, batch[:middle]), *halved(run, batch[middle:])]


def with_room(run: Callable[[int | None], Result]) -> Result:
    """Return run(None), or where memory runs out run(budget) for a budget that is enough.

    Budgets, in bytes, are halves of the one before. Raises `BenchError` where the smallest one is
    too much.
    """
    budget: int | None = None
    while budget is None or budget >= SMALLEST:
        try:
            return run(budget)
        except torch.OutOfMemoryError:
            budget = (BUDGET if budget is None else budget) // 2
        torch.cuda.empty_cache()  # outside of the handler, which holds the maps
    raise BenchError(
        "The device has too little memory for this image, even in small parts. Let no other "
        "program use it, or write `device: cpu`."
    )
