"""A neuron that waits sends, event by event, the whole number of levels that its formula says."""

import math
from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikebench.errors import BenchError
from spikebench.snn import BinaryDigits, Step
from tests.snn.model.codes.codes import CODES

levels = st.integers(1, 300)
inputs = st.floats(-3, 3, allow_nan=False, width=32)


def emitted(neuron, whole) -> torch.Tensor:
    """Return the sum of what is sent in all steps of a window."""
    state = neuron.start(whole)
    steps = map(Step, range(1, neuron.window + 1))
    return torch.stack([neuron.step(state, whole, step)[0] for step in steps]).sum(0)


def expected(z: float, theta: float, number: int, *, signed: bool, nearest: bool) -> int:
    """Return the number of levels, in exact arithmetic."""
    magnitude = abs(z) if signed else z
    k = math.floor(Fraction(magnitude) * number / Fraction(theta) + Fraction(nearest, 2))
    return min(max(k, 0), number) * (-1 if signed and z < 0 else 1)


@given(st.sampled_from(CODES), inputs, levels, st.booleans(), st.booleans())
def test_the_events_of_a_window_add_up_to_the_quantised_input(code, z, number, signed, nearest):
    theta = 1.0
    neuron = code(torch.tensor(theta).double(), levels=number, signed=signed, nearest=nearest)
    whole = torch.tensor([[[[z]]]], dtype=torch.float64)
    k = expected(z, theta, number, signed=signed, nearest=nearest)
    assert int(neuron.quantise(whole)) == k
    assert emitted(neuron, whole).item() == pytest.approx(k / number, abs=1e-12)


@given(st.sampled_from(CODES), levels, st.integers(0, 300))
def test_a_value_on_the_grid_is_sent_as_it_is(code, number, k):
    k = min(k, number)
    neuron = code(torch.tensor(float(number)).double(), levels=number)
    whole = torch.full((1, 1, 1, 1), float(k), dtype=torch.float64)
    assert emitted(neuron, whole).item() == pytest.approx(k, abs=1e-9)


def test_each_channel_has_a_full_scale_of_its_own():
    theta = torch.tensor([1.0, 4.0]).view(1, 2, 1, 1)
    neuron = BinaryDigits(theta, levels=3)
    whole = torch.full((1, 2, 1, 1), 2.0)
    torch.testing.assert_close(emitted(neuron, whole).flatten(), torch.tensor([1.0, 8 / 3]))


def test_the_weight_of_an_event_is_a_function_of_the_step():
    neuron = BinaryDigits(torch.tensor(1.0), levels=7)
    assert [neuron.weight(Step(time)) for time in (1, 2, 3)] == [4 / 7, 2 / 7, 1 / 7]


@pytest.mark.parametrize("number", [0, 2**15])
def test_levels_that_cannot_be_counted_are_refused(number):
    with pytest.raises(BenchError, match=f"A neuron of {number} levels"):
        BinaryDigits(torch.tensor(1.0), levels=number)


@pytest.mark.parametrize("option", ["initial", "shift"])
def test_what_has_no_meaning_while_it_waits_is_refused(option):
    with pytest.raises(BenchError, match="waits for its whole input"):
        BinaryDigits(torch.tensor(1.0), **{option: 0.5})
