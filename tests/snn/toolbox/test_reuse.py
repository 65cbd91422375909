"""The reuse: the residual in whole digits, as far as the relaxed condition allows."""

import math
from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikebench.snn.toolbox.reuse import reuse

residuals = st.integers(-(2**10), 2**10).map(lambda n: Fraction(n, 2**7))
shares = st.sampled_from([Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(1)])
places = st.integers(0, 7)


def reused(residual, m, relax, most=math.inf, floor=None) -> float:
    value = torch.tensor([float(residual)], dtype=torch.float64)
    return reuse(value, 2.0**-m, float(relax), most, floor).item()


@given(residuals, places, shares, st.sampled_from([0.5, 1.0, 8.0]), st.integers(0, 3))
def test_the_last_digit_leaves_if_the_rest_covers_its_share(residual, m, relax, most, sent):
    digits = math.floor(abs(residual) * 2**m + 1 - relax)
    size = min(Fraction(digits, 2**m), Fraction(most))
    expected = max(size if residual >= 0 else -size, Fraction(-sent))
    found = reused(residual, m, relax, most, torch.tensor([-float(sent)], dtype=torch.float64))
    assert found == expected


@given(residuals, places)
def test_half_a_digit_rounds_to_the_nearest_digit(residual, m):
    found = Fraction(reused(residual, m, 0.5))
    assert abs(found - residual) <= Fraction(1, 2 ** (m + 1))
    assert (found * 2**m).denominator == 1


@given(residuals, places)
def test_a_whole_digit_never_overshoots(residual, m):
    found = Fraction(reused(residual, m, 1))
    assert abs(found) <= abs(residual) < abs(found) + Fraction(1, 2**m)


@pytest.mark.parametrize(("relax", "spikes"), [(0.75, [0, 0, 0, 1]), (0.4, [-1, 0, 1, 1])])
def test_without_places_and_with_one_spike_at_most_it_is_a_signed_neuron(relax, spikes):
    residual = torch.tensor([-0.7, 0.3, 0.5, 2.7])
    assert reuse(residual, 1.0, relax, 1.0).tolist() == spikes


def test_nothing_is_taken_back_above_a_floor_of_zero():
    assert reuse(torch.tensor([-3.0, 3.0]), 0.25, 0.5, 8.0, 0.0).tolist() == [0.0, 3.0]


def test_the_residual_is_left_alone():
    residual = torch.tensor([0.3, -0.3])
    reuse(residual, 0.25, 0.5, 8.0)
    assert residual.tolist() == pytest.approx([0.3, -0.3])
