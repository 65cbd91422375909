"""The entropy of output values, against scipy and closed forms."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy as scipy_entropy

from spikebench.metrics.entropy import BIN, entropy

whole = st.lists(st.integers(-50, 50), min_size=1, max_size=60)


@given(whole)
def test_it_is_scipys_entropy_of_the_counts(numbers):
    _, counts = np.unique(numbers, return_counts=True)
    found = entropy(torch.tensor(numbers) * BIN)
    assert found == pytest.approx(scipy_entropy(counts, base=2), abs=1e-12)
    assert math.copysign(1, found) == 1


@given(whole, st.integers(-10, 10))
def test_a_shift_by_whole_bins_and_another_order_change_nothing(numbers, shift):
    value = torch.tensor(numbers) * BIN
    assert entropy(value.flip(0) + shift * BIN) == pytest.approx(entropy(value))


@pytest.mark.parametrize(("levels", "bits"), [(1, 0.0), (2, 1.0), (16, 4.0), (4096, 12.0)])
def test_equally_frequent_levels_have_the_logarithm_of_their_number(levels, bits):
    value = (torch.arange(levels) * BIN).view(1, 1, 1, -1)
    assert entropy(value) == pytest.approx(bits)


def test_what_lies_within_half_a_bin_is_one_value():
    assert entropy(torch.tensor([-0.4, 0.0, 0.4]) * BIN) == 0.0
    assert entropy(torch.tensor([-0.6, 0.6]) * BIN) == 1.0


def test_values_that_are_not_finite_have_none():
    assert math.isnan(entropy(torch.tensor([0.0, float("nan")])))
