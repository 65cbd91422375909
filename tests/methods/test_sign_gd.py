"""The estimate of a sign-descent neuron."""

import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikebench.snn import Step, load_method

FILE = Path("methods/sign_gd.py")


@given(decoded=st.floats(-3.0, 2.8), rectified=st.booleans())
def test_the_rest_of_the_schedule_always_suffices_to_reach_the_target(decoded, rectified):
    load_method(FILE)
    one = torch.tensor([1.0], dtype=torch.float64)
    neuron = sys.modules["spikebench_methods.sign_gd"].SignGradient(one, rectified=rectified)
    state, target = neuron.start(one), max(decoded, 0) if rectified else decoded
    if abs(target) > 2.8:
        return
    sent = 0.0
    for time in range(1, 60):
        current = one * decoded if time == 1 else 0 * one
        spikes, number = neuron.step(state, current, Step(time))
        sent += spikes.item()
        rest = 0.15 * 0.95 ** (time + 1) / 0.05
        assert abs(number.item()) == 1
        assert abs(sent - target) <= rest + 1e-12
    assert sent == pytest.approx(state["estimate"].item())
