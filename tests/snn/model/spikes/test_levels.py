"""Graded spikes, against a search through the levels."""

import math

import torch
from hypothesis import given
from hypothesis import strategies as st

from spikebench.snn.model.spikes.levels import largest_level, signed_level, significand

values = st.floats(-8, 8, width=32).map(lambda value: 0.0 if abs(value) < 1e-6 else value)


def search(value: float, levels: int) -> float:
    return next((2.0**-k for k in range(levels) if value >= 2.0**-k), 0.0)


@given(values, st.sampled_from([torch.float32, torch.float64]))
def test_the_significand_is_a_whole_number_of_all_bits(value, dtype):
    found = significand(torch.tensor([value], dtype=dtype)).item()
    assert found == abs(math.frexp(value)[0]) * 2 ** (53 if dtype == torch.float64 else 24)


@given(value=values.map(abs), levels=st.integers(1, 9))
def test_the_largest_level_is_found(value, levels):
    assert largest_level(torch.tensor([value]), levels).item() == search(value, levels)


@given(levels=st.integers(1, 9))
def test_a_level_is_its_own(levels):
    own = 2.0 ** -torch.arange(levels, dtype=torch.float64)
    assert torch.equal(largest_level(own, levels), own)
    below = torch.nextafter(own, torch.zeros_like(own))
    assert torch.equal(largest_level(below, levels)[:-1], own[1:])
    assert largest_level(below, levels)[-1] == 0


@given(potential=values, sent=st.floats(0, 4), levels=st.integers(1, 9))
def test_a_negative_spike_goes_no_further_than_what_was_sent(potential, sent, levels):
    u, total = torch.tensor([potential], dtype=torch.float64), torch.tensor([sent]).double()
    fits = [2.0**-k for k in range(levels) if abs(potential) / 0.75 >= 2.0**-k]
    free = signed_level(u, levels).item()
    assert free == (max(fits, default=0.0) if potential >= 0 else -max(fits, default=0.0))
    guarded = signed_level(u, levels, total).item()
    if potential < 0:
        fits = [size for size in fits if size <= total.item()]
        assert guarded == -max(fits, default=0.0)
    else:
        assert guarded == free


def test_three_quarters_of_a_level_are_enough():
    u = torch.tensor([0.75, 0.7499, -0.75, 0.375, 0.374, 0.0])
    assert signed_level(u, 2).tolist() == [1.0, 0.5, -1.0, 0.5, 0.0, 0.0]
