"""Graded values against sums of powers of two found by search."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikebench.training.finetune.activations.graded import Graded, digits
from tests.training.finetune.one_site import THETA, sent

currents = st.floats(-1, 1, width=32)


@given(currents, st.integers(0, 6), st.sampled_from([1, 2, 4]))
def test_a_graded_value_is_the_nearest_multiple_and_never_negative(current, bits, timesteps):
    activation = Graded(kind="graded", bits=bits, timesteps=(timesteps,))
    value, _ = sent(activation, current, timesteps)
    unit = THETA / (timesteps * 2**bits)
    assert value >= 0
    assert abs(value - max(current, 0)) <= unit / 2 + 1e-6
    assert value / unit == pytest.approx(round(value / unit), abs=1e-3)


def fewest_powers(number: int) -> int:
    """Return how few signed powers of two sum up to a number, by search over all sums."""
    reached, count = {0}, 0
    powers = [sign * 2**k for k in range(number.bit_length() + 1) for sign in (1, -1)]
    while number not in reached:
        reached |= {value + power for value in reached for power in powers}
        count += 1
    return count


@pytest.mark.parametrize("number", [0, 1, 3, 7, 11, 23, 45, 107])
def test_digits_are_the_fewest_signed_powers_of_two(number):
    assert (
        digits(torch.tensor([float(number), -float(number)])).tolist()
        == [fewest_powers(number)] * 2
    )


def test_a_graded_spike_of_one_step_takes_as_many_spikes_as_its_value_has_digits():
    activation = Graded(kind="graded", bits=4, timesteps=(1,))
    for count in range(21):  # 4/3 of a threshold: beyond, two regular steps would be wanted
        _, spikes = sent(activation, THETA * count / 16, 1)
        assert spikes == fewest_powers(count)
