"""Thresholds by search: the step of a quantiser that loses least of an activation."""

import math
from typing import Literal

import numpy as np
import torch
from torch import Tensor

Rounding = Literal["floor", "nearest"]

# The grid of Li et al., ICML 2021 (SNN Calibration): 95 candidates from the maximum downwards.
SHARES = 1 - 0.01 * torch.arange(95)


def quantise(value: Tensor, theta: Tensor, levels: int, cap: float, rounding: Rounding) -> Tensor:
    """Return theta/levels * round(clip(value * levels/theta, 0, cap * levels)), cap whole steps.

    It is what `levels` steps of an integrate-and-fire neuron make of a constant current: with
    "floor" if the membrane starts empty, with "nearest" (half up) if it starts at half a spike.
    """
    unit = theta / levels
    count = value / unit + (0.5 if rounding == "nearest" else 0.0)
    return count.floor().clamp(0, cap * levels) * unit


def mse_threshold(
    activation: Tensor,
    levels: int,
    *,
    per_channel: bool,
    cap: float = 1.0,
    rounding: Rounding = "floor",
) -> Tensor:
    """Return the threshold whose quantiser has the smallest mean squared error.

    `activation` (N, C, h, w) is the ANN's, at least 0; `levels` is T. Shape () or (1, C, 1, 1). A
    channel without any activity gets 0. Li et al., ICML 2021, sec. 4.1; with `cap` > 1 spikes a
    step Wang et al., AAAI 2025 (Adaptive Calibration).
    """
    values = activation.transpose(0, 1).flatten(1) if per_channel else activation.reshape(1, -1)
    found = [_best(group, round(cap * levels), levels, rounding) for group in values]
    best = torch.stack(found)
    return best.view(1, -1, 1, 1) if per_channel else best.view(())


def _best(values: Tensor, most: int, levels: int, rounding: Rounding) -> Tensor:
    """Return the best threshold for the values (n,) of a quantiser of `most` steps theta/levels.

    The error of a candidate follows from the sums of the values above each edge, so that a sort and
    one search for each edge take the place of a pass over all values for each candidate.
    """
    numbers = values.numpy()
    active = torch.from_numpy(np.sort(numbers[numbers > 0]))  # 13 times as fast as PyTorch's
    if not len(active):
        return values.new_zeros(())
    sums = torch.cat([active.new_zeros(1), active]).cumsum(0, dtype=torch.float64)
    theta = active[-1] * SHARES.to(values)
    unit, step = theta.double() / levels, torch.arange(1, most + 1, dtype=torch.float64)
    edges = (step - 0.5 if rounding == "nearest" else step) * unit[:, None]
    first = torch.searchsorted(active, edges.to(active))  # of the values at or above each edge
    above, above_sum = len(active) - first, sums[-1] - sums[first]
    # sum (x - k u)^2 without its constant sum x^2; k is how many edges lie at or below x
    error = unit**2 * (above * (2 * step - 1)).sum(1) - 2 * unit * above_sum.sum(1)
    return theta[error.argmin()]


def gaussian_threshold(
    mean: Tensor, deviation: Tensor, levels: int, start: Tensor, iterations: int = 100
) -> Tensor:
    """Return the threshold that `levels` even steps, rounded to nearest, need for ReLU(Gaussian).

    All tensors have one shape. A fixed-point iteration from `start`: with the edges between levels
    held where they are, the step that loses least in squares is
    E[x k] / E[k^2], k being the number of edges below x; then the edges follow. Where that is not
    finite, `start` stays. Huang et al., ICML 2025 (DCGS), thresholds from mean and variance.
    """
    number = torch.arange(1, levels + 1, dtype=torch.float64, device=mean.device)
    mu, sigma = mean.double().unsqueeze(-1), deviation.double().unsqueeze(-1)
    theta = start.double()
    for _ in range(iterations):
        edges = (2 * number - 1) / (2 * levels) * theta.unsqueeze(-1)
        place = (edges - mu) / (math.sqrt(2) * sigma)
        tail = torch.erf(place)
        density = math.sqrt(2 / math.pi) * torch.exp(-(place**2))
        value = (mu * (1 - tail) + sigma * density).mean(-1)
        theta = value / (1 - (2 * number - 1).mul(tail).sum(-1) / levels**2)
    found = theta.isfinite() & (theta > 0)
    return theta.where(found, start.double()).to(start.dtype)
