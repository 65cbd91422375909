"""The neuron with two thresholds: what it takes back, and when."""

import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikebench.snn import SignedIF, Step, load_method

METHOD = load_method(Path("methods/error_compensation.py"))
DualThreshold = sys.modules[type(METHOD).__module__].DualThreshold
currents = st.lists(st.integers(-64, 64), min_size=1, max_size=20)  # in 1/16


def driven(neuron, train) -> list[int]:
    state, sent = neuron.start(torch.zeros(1, 1, 1, 1, dtype=torch.float64)), []
    for time, current in enumerate(train, start=1):
        arriving = torch.full((1, 1, 1, 1), current / 16, dtype=torch.float64)
        sent.append(int(neuron.step(state, arriving, Step(time))[1]))
    return sent


@given(currents)
def test_without_a_negative_threshold_it_is_the_signed_neuron(train):
    theta = torch.ones((), dtype=torch.float64)
    expected = driven(SignedIF(theta, initial=theta / 2), train)
    assert driven(DualThreshold(theta, initial=theta / 2, negative=0.0), train) == expected


@given(currents, st.sampled_from([0.25, 0.5, 1.0]))
def test_it_never_takes_back_more_than_it_sent_and_only_below_its_threshold(train, negative):
    theta = torch.ones((), dtype=torch.float64)
    sent = driven(DualThreshold(theta, initial=theta / 2, negative=negative), train)
    potential, total = 0.5, 0
    for current, number in zip(train, sent, strict=True):
        potential += current / 16
        fires = int(potential >= 1) - int(potential < -negative and total > 0)
        assert number == fires
        potential, total = potential - number, total + number
        assert total >= 0


@pytest.mark.parametrize(("negative", "expected"), [(0.0, [1, -1]), (0.5, [1, 0]), (0.9, [1, 0])])
def test_a_larger_negative_threshold_leaves_small_excess_alone(negative, expected):
    theta = torch.ones((), dtype=torch.float64)
    neuron = DualThreshold(theta, initial=theta / 2, negative=negative)
    assert driven(neuron, [16, -12]) == expected
