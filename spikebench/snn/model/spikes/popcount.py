"""How many binary digits of whole numbers are 1, wherever the numbers lie."""

import numpy as np
import torch
from torch import Tensor


def ones(number: Tensor) -> Tensor:
    """Return how many binary digits of each number are 1, as uint8.

    `number` is int32 or int64, of any shape, at least 0. NumPy counts on the CPU; elsewhere pairs,
    nibbles and bytes are summed side by side (Warren, Hacker's Delight, 2012, sec. 5-1).
    """
    if number.is_cpu:
        return torch.from_numpy(np.bitwise_count(number.numpy()))
    width = number.element_size()
    pairs = number - ((number >> 1) & _repeated(0x55, width))
    nibbles = (pairs & _repeated(0x33, width)) + ((pairs >> 2) & _repeated(0x33, width))
    summed = ((nibbles + (nibbles >> 4)) & _repeated(0x0F, width)) * _repeated(0x01, width)
    return (summed >> 8 * (width - 1)).to(torch.uint8)


def _repeated(pattern: int, width: int) -> int:
    """Return a whole number of `width` bytes that are all alike."""
    return int.from_bytes([pattern] * width, "big")
