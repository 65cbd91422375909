"""The same workflow on a real Slurm of two nodes: the same table, also after a job was killed."""

import importlib.util
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.chaos.chaos import Chaos
from tests.chaos.stand_ins import CELLS, IMAGES, identify, stand_in_checkout
from tests.slurm.cluster import cluster, why_not

PLUGIN = "snakemake_executor_plugin_slurm"
OPTIONS = ("--profile", "profiles/slurm", "--slurm-status-command", "squeue", "--jobs", "4")


@pytest.fixture
def slurm(monkeypatch):
    """A Slurm, in the environment of whatever is started; where there can be none, it is said."""
    reason = why_not() or ("" if importlib.util.find_spec(PLUGIN) else f"no {PLUGIN}")
    if reason:
        pytest.skip(f"no Slurm here: {reason}")
    with (
        tempfile.TemporaryDirectory(prefix="slurm", ignore_cleanup_errors=True) as folder,
        cluster(Path(folder)) as found,
    ):
        for name, value in found.items():
            monkeypatch.setenv(name, value)
        yield


def test_slurm_gives_the_table_of_this_machine_also_after_a_killed_job(slurm, tmp_path):
    local = Chaos(stand_in_checkout(tmp_path / "local"), "my.yaml", identify)
    remote = Chaos(stand_in_checkout(tmp_path / "remote"), "my.yaml", identify, options=OPTIONS)
    process = remote.start()
    cancelled = cancel_one(process, "evaluate")
    process.communicate(timeout=600)
    assert process.returncode != 0 and cancelled
    assert remote.whole() == local.whole()
    simulated = (remote.root / "simulated.log").read_text().splitlines()
    assert CELLS * IMAGES <= len(simulated) <= CELLS * IMAGES + 1


def cancel_one(process: subprocess.Popen, rule: str) -> str:
    """Cancel the first running Slurm job of a rule and return its number."""
    while process.poll() is None:
        said = subprocess.run(
            ["squeue", "-h", "-t", "R", "-o", "%i %k"], capture_output=True, text=True
        ).stdout
        jobs = [line.split()[0] for line in said.splitlines() if rule in line]
        if jobs:
            subprocess.run(["scancel", "--signal=KILL", "--full", jobs[0]], check=True)
            return jobs[0]
        time.sleep(0.1)
    return ""
