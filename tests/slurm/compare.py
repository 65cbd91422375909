"""A run on a real Slurm of two nodes, one of whose jobs is killed, against a run on this machine.

    python -m tests.slurm.compare --install

runs config/quick.yaml both ways on copies of the checkout, prints both table ids, and ends with
status 1 where they differ. `--install` gets Slurm from Debian and Snakemake's plugin from the lock.
tests/slurm/test_slurm.py is its short form, on a checkout in small.
"""

import argparse
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.chaos import REPOSITORY, Chaos, copy, identify
from tests.slurm.cluster import cluster, why_not

PLUGIN = "snakemake_executor_plugin_slurm"
OPTIONS = (
    *("--profile", "profiles/slurm", "--jobs", "4"),
    *("--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "2"),
)
HELD = re.compile(r"(\d+) finished before, 0 do not hold")


def why_not_here() -> str:
    """Return why nothing can be run through Slurm here, or ""."""
    return why_not() or ("" if importlib.util.find_spec(PLUGIN) else f"{PLUGIN} is not installed")


def killed_run(remote: Chaos, *targets: str) -> int:
    """Run through Slurm, kill a job amid its images; return how many the next one found finished.

    The run has to succeed all the same: the profile sends the job again. What Snakemake said is in
    the message of any `AssertionError`.
    """
    process = remote.start(*targets)
    cell = kill_one(process, remote.root)
    status, said = remote.end(process)
    assert cell, f"no job of a cell was seen running:\n{said}"
    assert status == 0, said
    run, _, *names = cell.relative_to(remote.root / "results").parts
    log = remote.root.joinpath("logs", run, "evaluate", *names).with_suffix(".log")
    found = HELD.search(log.read_text())
    assert found, f"{log} found no finished image:\n{log.read_text()}\n{said}"
    return int(found[1])


def kill_one(process: subprocess.Popen, root: Path) -> Path | None:
    """Kill the first job that has an image finished; return its cell's folder."""
    while process.poll() is None:
        time.sleep(0.1)
        for journal in root.glob("results/*/cells/**/journal.jsonl"):
            *_, dataset, backbone, method, seed = journal.parent.parts
            wildcards = "_".join((dataset, backbone, method, seed.removeprefix("seed")))
            if job := _running(f"rule_evaluate_wildcards_{wildcards}"):
                subprocess.run(["scancel", "--signal=KILL", "--full", job], check=True)
                return journal.parent
    return None


def _running(comment: str) -> str:
    """Return the number of the running job that the plugin gave this comment, or ""."""
    command = ["squeue", "--noheader", "--states=R", "--format=%i %k"]
    said = subprocess.run(command, capture_output=True, text=True).stdout
    jobs = (line.split(maxsplit=1) for line in said.splitlines())
    return next((job for job, *rest in jobs if rest == [comment]), "")


def install() -> None:
    """Install what is missing of Slurm, munge and the plugin."""
    if why_not():
        for command in (["update"], ["install", "--yes", "--no-install-recommends"]):
            packages = ["slurm-wlm", "munge"] if command[0] == "install" else []
            subprocess.run(["apt-get", "--quiet", *command, *packages], check=True)
    if not importlib.util.find_spec(PLUGIN):
        lock = str(REPOSITORY / "requirements/slurm.lock")
        pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--requirement", lock]
        subprocess.run(pip, check=True)
        importlib.invalidate_caches()


def main() -> None:
    """Run the long form."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--configfile", default="config/quick.yaml")
    parser.add_argument("--install", action="store_true", help="what is missing")
    parser.add_argument("--limit", type=float, default=3600.0, help="seconds that a run may take")
    given = parser.parse_args()
    if given.install:
        install()
    if reason := why_not_here():
        sys.exit(f"Skipped, there is no Slurm here: {reason}.")
    folder = Path(tempfile.mkdtemp(prefix="slurm"))
    local = Chaos(copy(folder / "local"), given.configfile, identify, limit=given.limit)
    print(f"local: table {local.whole()}, {local.seconds:.0f} s", flush=True)
    remote = Chaos(
        copy(folder / "remote"), given.configfile, identify, options=OPTIONS, limit=given.limit
    )
    with cluster(folder / "cluster") as found:
        os.environ.update(found)
        began = time.monotonic()
        images = killed_run(remote)
    seconds = time.monotonic() - began
    print(f"Slurm: table {identify(remote.root)}, {seconds:.0f} s", flush=True)
    print(f"a job was killed after {images} of its images, the next one went on from there")
    if identify(remote.root) != identify(local.root):
        sys.exit("The tables differ.")


if __name__ == "__main__":
    main()
