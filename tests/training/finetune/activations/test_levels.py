"""Levels against what autograd makes of their formula."""

import pytest
import torch
from torch import Tensor

from spikebench.training.finetune.activations.activation import rounded
from spikebench.training.finetune.activations.levels import Levels

FORMATS = [torch.contiguous_format, torch.channels_last]


def formula(z: Tensor, theta: Tensor, lowest: float, levels: int) -> tuple[Tensor, Tensor]:
    count = rounded((z / theta).clamp(lowest, 1.0) * levels)
    return count * (theta / levels), count


def drawn(seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return z, theta, and the gradients that come back by value and by count, in float64."""
    random = torch.Generator().manual_seed(seed)
    z, by_value, by_count = torch.randn(3, 3, 2, 4, 5, generator=random, dtype=torch.float64)
    theta = torch.rand(1, 2, 1, 1, generator=random, dtype=torch.float64) + 0.5
    return z, theta, by_value, by_count


@pytest.mark.parametrize("memory_format", FORMATS)
@pytest.mark.parametrize("lowest", [0.0, -1.0])
@pytest.mark.parametrize("levels", [1, 3, 32])
def test_values_and_gradients_are_those_of_the_formula(lowest, levels, memory_format):
    found = []
    for function in (Levels.apply, formula):
        z, theta, by_value, by_count = drawn(levels)
        z = z.contiguous(memory_format=memory_format).requires_grad_()
        theta.requires_grad_()
        value, count = function(z, theta, lowest, levels)
        torch.autograd.backward((value, count), (by_value, by_count))
        found.append((value, count, z.grad, theta.grad))
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_a_gradient_that_is_one_number_for_all_neurons_is_taken_as_it_is():
    z, theta, _, _ = drawn(0)
    z.requires_grad_()
    Levels.apply(z, theta, 0.0, 4)[1].sum().backward()
    inside = (z > 0) & (z < theta)
    torch.testing.assert_close(z.grad, torch.where(inside, 4 / theta, 0.0))


def test_counts_are_whole_in_half_precision_too():
    z, theta, _, _ = (t.float() for t in drawn(0))
    value, count = Levels.apply(z.bfloat16(), theta, 0.0, 32)
    assert value.dtype == torch.bfloat16
    exact, number = formula(z.bfloat16().float(), theta, 0.0, 32)
    assert count.equal(number)
    torch.testing.assert_close(value.float(), exact, rtol=2**-8, atol=0.0)
