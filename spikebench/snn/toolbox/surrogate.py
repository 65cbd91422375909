"""Thresholds and initial potentials of one layer, fitted through time on its own currents."""

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx

SHARPNESS = 2.0  # of the surrogate gradient, in thresholds


class Spike(torch.autograd.Function):
    """1 where u >= 0; backwards the slope of (1 + tanh(k u)) / 2, for u in thresholds."""

    @staticmethod
    def forward(ctx: FunctionCtx, u: Tensor) -> Tensor:
        ctx.save_for_backward(u)
        return (u >= 0).to(u)

    @staticmethod
    def backward(ctx: FunctionCtx, gradient: Tensor) -> Tensor:
        (u,) = ctx.saved_tensors  # type: ignore[attr-defined]  # torch declares it elsewhere
        return gradient * (SHARPNESS / 2) * (1 - torch.tanh(SHARPNESS * u).square())


def _spike(u: Tensor) -> Tensor:
    found: Tensor = Spike.apply(u)  # type: ignore[no-untyped-call]  # as torch declares it
    return found


def mean_spikes(currents: Tensor, theta: Tensor, initial: Tensor) -> Tensor:
    """Return what an IF neuron sends on average on currents (T, N, C, H, W), differentiably."""
    v, sent = initial.expand_as(currents[0]), torch.zeros_like(currents[0])
    for current in currents:
        v = v + current
        spikes = theta * _spike(v / theta - 1)
        v, sent = v - spikes, sent + spikes
    return sent / len(currents)


def fit_thresholds(
    currents: Tensor,
    target: Tensor,
    theta: Tensor,
    initial: Tensor,
    *,
    iterations: int,
    rate: float,
) -> tuple[Tensor, Tensor]:
    """Return the thresholds and initial potentials with the least squared error that was met.

    `currents` (T, N, C, H, W) enter the layer, `target` (N, C, H, W) is the ANN's activation.
    `theta` and `initial`, (1, C, 1, 1), are where Adam starts; it moves log theta and the potential
    in thresholds. The forward pass is exact, so each channel gets the best point that it visited.
    """
    scale = torch.zeros_like(theta, requires_grad=True)
    share = (initial / theta).requires_grad_()
    optimiser = torch.optim.Adam([scale, share], lr=rate)
    best, lowest = (theta, initial), torch.full_like(theta, torch.inf)
    for _ in range(iterations + 1):
        now = theta * scale.exp(), theta * scale.exp() * share
        error = (mean_spikes(currents, *now) - target).square()
        loss = error.mean(dim=(0, 2, 3), keepdim=True)
        better = loss.detach() < lowest
        kept = (a.detach().where(better, b) for a, b in zip(now, best, strict=True))
        best = next(kept), next(kept)
        lowest = lowest.minimum(loss.detach())
        optimiser.zero_grad()
        loss.sum().backward()
        optimiser.step()
    return best
