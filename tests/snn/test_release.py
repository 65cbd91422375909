"""The last spike: the largest level that the relaxed condition allows, or none."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikebench.snn.release import release

LEVELS = [4.0, 2.0, 1.0, 0.5, 0.25]
residuals = st.integers(-100, 100).map(lambda n: n / 16)


def brute(residual: float, levels: list[float], relax: float, floor: float) -> float:
    for level in sorted(levels, reverse=True):
        if residual >= relax * level:
            return level
        if residual <= -relax * level and -level >= floor:
            return -level
    return 0.0


@given(residuals, st.permutations(LEVELS), st.sampled_from([0.5, 0.75, 1.0]), st.integers(0, 4))
def test_the_largest_level_that_is_covered_leaves(residual, levels, relax, sent):
    found = release(torch.tensor([residual]), levels, relax, floor=torch.tensor([-sent]))
    assert found.item() == brute(residual, levels, relax, -sent)


@given(residuals.filter(lambda residual: 0.1875 <= abs(residual) <= 4))
def test_three_quarters_round_to_the_nearest_level(residual):
    """Below 3/16 nothing leaves: less than three quarters of the least level."""
    error = abs(release(torch.tensor([residual]), LEVELS, 0.75).item() - residual)
    assert error == min(abs(abs(residual) - level) for level in LEVELS)


def test_without_a_floor_either_sign_may_leave():
    assert release(torch.tensor([-3.0, 3.0]), LEVELS, 0.75).tolist() == [-4.0, 4.0]


@pytest.mark.parametrize("sent", [0, 1, 2, 3])
def test_no_more_is_taken_back_than_was_sent(sent):
    found = release(torch.tensor([-9.0]), LEVELS, 0.75, floor=torch.tensor([-sent]))
    assert found.item() == {0: 0.0, 1: -1.0, 2: -2.0, 3: -2.0}[sent]


def test_without_levels_nothing_is_released():
    assert release(torch.tensor([9.0]), [], 0.75).item() == 0.0
