"""Lambda by hand: what it gains, and that it stays where there is no target."""

import pytest

from spikebench.training.finetune.multiplier import Multiplier


def test_it_follows_what_the_energy_exceeds_its_target_by_and_is_never_negative(recipe):
    chosen = recipe(energy=0.02, energy_target=0.5, dual_rate=0.1, patience=None)
    multiplier = Multiplier(chosen)
    found = []
    for energy in (0.9, 0.5, 0.2, 0.0, 0.7):
        multiplier.update(energy)
        found.append(multiplier.value)
    assert found == pytest.approx([0.06, 0.06, 0.03, 0.0, 0.02])


def test_it_stays_without_a_target(recipe):
    multiplier = Multiplier(recipe(energy=0.02))
    multiplier.update(0.9)
    assert multiplier.value == 0.02
