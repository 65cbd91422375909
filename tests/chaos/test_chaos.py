"""The short form of the storm, on a checkout in small."""

import pytest

from tests.chaos.chaos import Chaos, storm
from tests.chaos.stand_ins import CELLS, IMAGES, identify, stand_in_checkout


@pytest.mark.slow
def test_a_run_outlives_a_full_disk_kills_and_damage(tmp_path):
    chaos = Chaos(stand_in_checkout(tmp_path / "checkout"), "my.yaml", identify)
    storm(chaos, kills=1, corruptions=0)
    done = len((chaos.root / "simulated.log").read_text().splitlines())
    assert 2 * CELLS * IMAGES <= done <= (1 + chaos.rounds) * CELLS * IMAGES + chaos.kills
    original, damaged = identify(chaos.root), chaos.corrupt(6)
    assert chaos.mend(damaged) == []
    assert identify(chaos.root) == original
