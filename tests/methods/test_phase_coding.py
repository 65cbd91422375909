"""Phase coding: events worth what the clock says, charge, and the closed form of one period."""

import math
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikebench.snn import Step, load_method, simulate
from spikebench.spike_kinds import SpikeKind
from tests.snn.nets import chain, image, spiking

METHOD = load_method(Path("methods/phase_coding.py"))
MODULE = sys.modules[type(METHOD).__module__]
WeightedSpike, SignedWeightedSpike = MODULE.WeightedSpike, MODULE.SignedWeightedSpike

currents = st.lists(st.integers(-64, 64), min_size=1, max_size=40)  # in 1/256
every_neuron = pytest.mark.parametrize("neuron", [WeightedSpike, SignedWeightedSpike])


def one(value: float) -> torch.Tensor:
    return torch.full((1, 1, 1, 1), value, dtype=torch.float64)


def driven(neuron, train) -> tuple[list[float], float]:
    """Return what a neuron sends at each step, and what stays on its membrane."""
    state, sent = neuron.start(one(0.0)), []
    for time, current in enumerate(train, start=1):
        sent.append(neuron.step(state, one(current), Step(time))[0].item())
    return sent, state["v"].item()


@given(st.floats(-0.5, 1.5, allow_nan=False))
def test_one_period_sends_the_eight_digits_of_what_is_there_at_its_beginning(z):
    sent, _ = driven(WeightedSpike(one(1.0)), [z, *[0.0] * 7])
    assert sum(sent) == min(max(math.floor(256 * z), 0), 255) / 256


@every_neuron
@given(train=currents)
def test_charge_is_conserved_and_the_clock_alone_says_what_a_spike_is_worth(neuron, train):
    sent, left = driven(neuron(one(1.0)), [current / 256 for current in train])
    assert sum(train) / 256 == sum(sent) + left
    for time, value in enumerate(sent, start=1):
        assert abs(value) in (0.0, 2.0 ** -(1 + (time - 1) % 8))


@every_neuron
@given(train=st.lists(st.integers(0, 200), min_size=4, max_size=12))
def test_the_mean_of_periods_is_off_by_the_rest_on_the_membrane(neuron, train):
    steps = [value / 256 if place == 0 else 0.0 for value in train for place in range(8)]
    sent, left = driven(neuron(one(1.0)), steps)
    mean = sum(train) / 256 / len(train)
    assert sum(sent) / len(train) == pytest.approx(mean - left / len(train), abs=1e-12)
    assert left < 1.0 / 256  # each period sends all that it was given


def test_a_network_sends_timed_events_and_hears_the_image_once_a_period():
    network = spiking(chain(), WeightedSpike)
    network.protocol, network.readout = MODULE.Periodic(), MODULE.MeanOfPeriods()
    steps = []
    found = list(simulate(network, image(6, 5), [8, 24], observe=lambda f: steps.append(f.step)))
    assert [recording.latency_steps for recording in found] == [8, 24]
    assert found[1].spike_kind is SpikeKind.TIMED
    shown = {step.time for step in steps if step.image}
    assert shown == {1, 9, 17} == {step.time for step in steps if step.bias}


def test_the_mean_is_over_whole_periods():
    readout = MODULE.MeanOfPeriods()
    assert [readout.total(time) for time in (1, 8, 16, 24)] == [1.0, 1.0, 2.0, 3.0]
