"""What all activations share: rounding, and the sign at a relay."""

import pytest
import torch

from spikebench.training.finetune.activations.activation import rounded
from spikebench.training.finetune.activations.graded import Graded
from spikebench.training.finetune.activations.staircase import Staircase
from tests.training.finetune.one_site import sent


def test_rounding_is_half_up_and_has_slope_one():
    value = torch.tensor([-0.5, 0.49, 0.5, 1.2], requires_grad=True)
    found = rounded(value)
    assert found.tolist() == [0, 0, 1, 1]
    found.sum().backward()
    assert value.grad.tolist() == [1] * 4


def test_a_relay_sends_either_sign():
    graded, steps = (
        Graded(kind="graded", bits=2, timesteps=(1,)),
        Staircase(kind="staircase", levels=(4,)),
    )
    for activation, choice in ((graded, 1), (steps, 4)):
        value, spikes = sent(activation, -0.15, choice, role="relay")
        assert value == pytest.approx(-0.15)
        assert spikes > 0
