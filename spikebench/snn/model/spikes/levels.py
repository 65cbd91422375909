"""Graded spikes: values that halve from one to the next."""

import torch
from torch import Tensor
from torch.nn import functional as F

# Where IEEE 754 keeps the exponent: an integer type of the same width, and the bits in it.
LAYOUT = {
    torch.float32: (torch.int32, 0x7F800000),
    torch.float64: (torch.int64, 0x7FF0000000000000),
}


def power_below(value: Tensor) -> Tensor:
    """Return the largest power of two that is not above `value`, 0 for 0.

    `value` is at least 0, float32 or float64, and read only. Exact: with its fraction masked away a
    floating-point number is the power of two below it.
    """
    whole, exponent_bits = LAYOUT[value.dtype]
    return value.view(whole).bitwise_and(exponent_bits).view(value.dtype)


def significand(value: Tensor) -> Tensor:
    """Return the whole number s of |value| = s * 2^e, the fraction with its leading one; 0 for 0.

    `value` is float32 or float64 and normal; s has 24 or 53 bits, in an integer of the same width.
    """
    whole, exponent_bits = LAYOUT[value.dtype]
    leading_one = exponent_bits & -exponent_bits  # the place behind the fraction's highest
    fraction = value.view(whole).bitwise_and(leading_one - 1)
    return fraction.add_(value != 0, alpha=leading_one)


def largest_level(value: Tensor, levels: int) -> Tensor:
    """Return the largest of 1, 1/2 .. 2^(1-levels) that is not above `value`; 0 where none is.

    `value` as in `power_below`.
    """
    capped = power_below(value).clamp_(max=1.0)
    found: Tensor = F.threshold(capped, below_levels(levels), 0.0, inplace=True)
    return found


def below_levels(levels: int) -> float:
    """Return a value between 0 and the smallest of so many levels, 2^(1-levels)."""
    return 0.75 * 2.0 ** (1 - levels)


def signed_level(potential: Tensor, levels: int, sent: Tensor | None = None) -> Tensor:
    """Return the graded spike of a potential in thresholds: +-L or 0, rounded to the nearest.

    It is the largest level of which |potential| holds three quarters, the middle between it and the
    next lower one. With `sent`, the sum of what was sent in thresholds, a negative spike goes no
    further than that sum. Huang et al., ICML 2025 (multi-threshold neuron).
    """
    level = largest_level(potential.abs().div_(0.75), levels)
    if sent is not None:
        allowed = largest_level(sent, levels)
        torch.where(potential < 0, torch.minimum(level, allowed, out=allowed), level, out=level)
    return level.copysign_(potential)
