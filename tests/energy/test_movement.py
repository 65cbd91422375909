"""The data-movement model, by hand."""

import pytest

from spikebench.energy import MODELS
from tests.energy.work_rows import work_frame

MODEL = MODELS["movement_22nm"]
AC = 0.05448


def cost(kind: str, **work: float) -> float:
    return float(MODEL.picojoule(work_frame(kind, **work)).iloc[0])


@pytest.mark.parametrize(("kind", "bits"), [("binary", 1), ("signed", 2), ("burst", 8)])
def test_a_spiking_layer_moves_events_weights_and_potentials(kind, bits):
    found = cost(kind, events=10, spikes=12, synops=500, passes=4, outputs=50, inputs=20)
    assert found == pytest.approx(10 * bits * 3.0 + 500 * (AC + 2.0) + 4 * 50 * 2 * 8 * 0.25)


def test_an_ann_layer_moves_activations_once_and_a_weight_for_each_mac():
    found = cost("analogue", macs=500, reads=1, inputs=20)
    assert found == pytest.approx(20 * 8 * 0.25 + 500 * (AC * 23 / 3 + 2.0))


def test_the_twin_moves_as_many_bits_as_its_activations_have():
    full, three = (cost("analogue", macs=500, reads=1, inputs=20, bits=b) for b in (0, 3))
    multiplication = AC * 20 / 3  # at 8 bits
    assert full - three == pytest.approx(20 * 5 * 0.25 + 500 * multiplication * (1 - 9 / 64))


def test_a_graded_digit_pays_a_shift_and_every_event_its_whole_payload():
    found = cost("graded", events=10, spikes=12, synops=500)
    assert found == pytest.approx(10 * 9 * 3.0 + 500 * (2 * AC + 2.0))


def test_a_state_operation_costs_an_accumulate():
    assert cost("none", state_ops=100) == pytest.approx(100 * AC)
