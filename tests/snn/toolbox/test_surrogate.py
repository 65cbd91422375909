"""A layer through time with a surrogate gradient."""

import torch

from spikebench.snn import IF, Step
from spikebench.snn.toolbox.surrogate import Spike, fit_thresholds, mean_spikes
from tests.snn.nets import image

CURRENTS = image(4 * 3, 2, 5, 5).view(4, 3, 2, 5, 5) - 0.3
THETA = torch.tensor([0.5, 0.75], dtype=torch.float64).view(1, 2, 1, 1)


def test_forwards_it_is_the_neuron():
    neuron = IF(THETA, initial=THETA / 2)
    state = neuron.start(CURRENTS[0])
    sent = sum(neuron.step(state, z, Step(t))[0] for t, z in enumerate(CURRENTS, 1))
    torch.testing.assert_close(mean_spikes(CURRENTS, THETA, THETA / 2), sent / 4)


def test_backwards_a_spike_is_a_tanh():
    u = torch.linspace(-2, 2, 9, dtype=torch.float64, requires_grad=True)
    (found,) = torch.autograd.grad(Spike.apply(u).sum(), u)
    (expected,) = torch.autograd.grad(((1 + torch.tanh(2 * u)) / 2).sum(), u)
    torch.testing.assert_close(found, expected)


def test_the_fit_is_nearer_to_the_target_than_its_start():
    target = mean_spikes(CURRENTS, 0.7 * THETA, 0.5 * THETA)
    errors = []
    for iterations in (0, 40):
        theta, initial = fit_thresholds(
            CURRENTS, target, THETA, THETA / 2, iterations=iterations, rate=0.05
        )
        errors.append((mean_spikes(CURRENTS, theta, initial) - target).square().mean())
    torch.testing.assert_close(
        errors[0], (mean_spikes(CURRENTS, THETA, THETA / 2) - target).square().mean()
    )
    assert errors[1] < 0.3 * errors[0]
