"""Neurons through time against the simulator's, and their gradients against autograd's."""

import pytest
import torch
from torch import Tensor

from spikebench.snn.toolbox.surrogate import SHARPNESS, Spike
from spikebench.training.finetune.activations.firing import BINARY, SIGNED, Rule, fired

STEPS = 5


def loss(values: list[Tensor], spikes: Tensor) -> Tensor:
    """Return something on which every step and every spike counts differently."""
    weighted = sum((t + 1) * v.square() for t, v in enumerate(values))
    return weighted.sum() + (spikes * torch.arange(spikes.numel()).view(spikes.shape)).sum()


def by_autograd(rule: Rule, theta: Tensor, currents: list[Tensor]) -> tuple[list[Tensor], Tensor]:
    """The same neurons in plain operations, each bound with the surrogate of the toolbox."""
    v, values, spikes = rule.initial * theta, [], 0.0
    for current in currents:
        v = v + current
        up = Spike.apply(v / theta - rule.bounds[0][0])
        down = 1 - Spike.apply(v / theta - rule.bounds[1][0]) if rule is SIGNED else 0 * up
        values.append(theta * (up - down))
        v, spikes = v - values[-1], spikes + up + down
    return values, spikes


@pytest.mark.parametrize("rule", [BINARY, SIGNED], ids=["binary", "signed"])
def test_values_and_gradients_are_those_of_plain_operations(rule):
    random = torch.Generator().manual_seed(0)
    drawn = torch.randn(STEPS, 2, 3, 4, 5, generator=random, dtype=torch.float64)
    found = []
    for way in (fired, by_autograd):
        theta = torch.tensor([0.3, 0.7, 1.5], dtype=torch.float64).view(1, 3, 1, 1)
        theta, currents = theta.requires_grad_(), drawn.clone().requires_grad_()
        values, spikes = way(rule, theta, list(currents))
        gradients = torch.autograd.grad(loss(values, spikes), (theta, currents))
        found.append([torch.stack(values), spikes, *gradients])
    assert (found[0][1] > 1).any()
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize(
    ("level", "least", "most"), [(-2.0, 0, 0.01), (0.4, 0.9, 1), (9.0, 0, 0.01)]
)
def test_the_mean_has_a_slope_of_one_between_silence_and_a_spike_in_every_step(level, least, most):
    current = torch.full((1, 1, 1, 1), level, dtype=torch.float64, requires_grad=True)
    values, _ = fired(BINARY, torch.ones(1, 1, 1, 1, dtype=torch.float64), [current] * 16)
    (torch.stack(values).mean(dim=0)).sum().backward()
    assert least <= current.grad.item() <= most


def test_the_slope_of_a_spike_is_at_most_one():
    value, _ = BINARY.slopes(torch.linspace(-3, 3, 601))
    assert value.max() == SHARPNESS / 2 == 1
