"""The same workflow on a real Slurm of two nodes: the same table, also after a job was killed."""

import tempfile
from pathlib import Path

import pytest

from tests.chaos.chaos import Chaos
from tests.chaos.stand_ins import CELLS, IMAGES, PAUSE, identify, stand_in_checkout
from tests.slurm.cluster import cluster
from tests.slurm.compare import OPTIONS, killed_run, why_not_here


@pytest.fixture
def slurm(monkeypatch):
    """A Slurm, in the environment of whatever is started; where there can be none, it is said."""
    if reason := why_not_here():
        pytest.skip(f"no Slurm here: {reason}")
    with tempfile.TemporaryDirectory(prefix="slurm") as folder, cluster(Path(folder)) as found:
        for name, value in found.items():
            monkeypatch.setenv(name, value)
        yield


def test_slurm_gives_the_table_of_this_machine_also_after_a_killed_job(
    slurm, tmp_path, monkeypatch
):
    local = Chaos(stand_in_checkout(tmp_path / "local"), "my.yaml", identify)
    remote = Chaos(stand_in_checkout(tmp_path / "remote"), "my.yaml", identify, options=OPTIONS)
    original = local.whole()
    monkeypatch.setenv(PAUSE, "1")  # an image takes so long that a job can be killed amid them
    assert 1 <= killed_run(remote, "results/mini/images.parquet") < IMAGES
    assert identify(remote.root) == original
    simulated = (remote.root / "simulated.log").read_text().splitlines()
    assert CELLS * IMAGES <= len(simulated) <= CELLS * IMAGES + 1
