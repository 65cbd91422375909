"""Evenly spaced levels as one differentiable function, a patch at a time."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

hardtanh_backward = torch.ops.aten.hardtanh_backward  # passes what was not clipped, in one go


class Levels(torch.autograd.Function):
    """(z, theta, lowest, L) -> (count * theta/L, count), count = floor(L clip(z/theta) + 1/2).

    z and both results are (N, C, H, W), theta (1, C, 1, 1); the clip is to `lowest` (0 or -1) and
    1. Backwards rounding is the identity, and what was clipped passes nothing to z: it is what
    autograd makes of the formula (but where z is 0 or theta to the bit), faster. The activations of
    one patch stay in the cache of a core while all operations pass over them, and nothing but z is
    kept for the way back.

    Where z comes in half precision (`torch.autocast`) the value leaves in it; counts have theta's.
    """

    @staticmethod
    def forward(
        ctx: Any, z: Tensor, theta: Tensor, lowest: float, levels: int
    ) -> tuple[Tensor, Tensor]:
        value, count = torch.empty_like(z), torch.empty_like(z, dtype=theta.dtype)
        inverse, step = 1 / theta, theta / levels
        for patch, sent, number in zip(*_patches(z, value, count), strict=True):
            number.copy_(patch).mul_(inverse).clamp_(lowest, 1.0).mul_(levels).add_(0.5).floor_()
            sent.copy_(number * step)
        ctx.save_for_backward(z, theta)
        ctx.lowest, ctx.levels = lowest, levels
        return value, count

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, by_value: Tensor, by_count: Tensor) -> tuple[Tensor, Tensor, None, None]:
        z, theta = ctx.saved_tensors
        lowest, levels = ctx.lowest, ctx.levels
        by_z, by_theta = torch.empty_like(z), torch.zeros_like(theta)
        inverse, slopes, ones = 1 / theta, levels / theta, theta.new_ones(z[0, 0].numel())
        for patch, value, number, slope in zip(*_patches(z, by_value, by_count, by_z), strict=True):
            ratio = patch.to(theta.dtype) * inverse
            steep = torch.mul(number, slopes, out=torch.empty_like(ratio)).add_(value)
            steep = hardtanh_backward(steep, ratio, lowest, 1.0)
            slope.copy_(steep)
            sent = ratio.clamp(lowest, 1.0).mul_(levels).add_(0.5).floor_()
            change = sent.mul_(value).mul_(1 / levels).sub_(steep.mul_(ratio))
            by_theta += (change[0].flatten(1) @ ones).view_as(theta)
        return by_z, by_theta, None, None


def _patches(*tensors: Tensor) -> list[tuple[Tensor, ...]]:
    return [tensor.split(1) for tensor in tensors]
