"""A cell that fails stops no other: the page is made without it, and every failure is named."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from tests.chaos.chaos import Chaos
from tests.chaos.stand_ins import PAUSE, identify, stand_in_checkout

SHARD = "results/mini/cells/noisy/denoiser/{}/seed0/images.parquet"
BROKEN = [
    f"results/other/cells/noisy/denoiser/{row}/seed7/images.parquet"
    for row in ("max_norm", "strict")
]


def test_the_page_is_made_without_the_cells_that_failed(tmp_path):
    run = Chaos(stand_in_checkout(tmp_path / "checkout"), "my.yaml", identify)
    method = run.root / "methods/max_norm.py"
    whole = method.read_text()
    method.write_text("# broken")
    status, said = run.run()
    assert status == 1
    for row in ("max_norm", "strict"):  # both come from this file
        log = f"logs/mini/evaluate/noisy/denoiser/{row}/seed0.log"
        command = f"snakemake --cores 1 {SHARD.format(row)} --configfile my.yaml"
        assert f"evaluate: image 3: NaN.\n  log: {log}\n  {command}" in said
        assert not (run.root / SHARD.format(row)).exists()
    assert "2 of 3 cells have no numbers" in said
    assert (run.root / "reports/mini/index.html").is_file()
    partial = identify(run.root)
    method.write_text(whole)
    assert run.whole() != partial


def test_the_page_is_made_however_the_run_was_asked_for(tmp_path):
    """In a folder of any name, of two files, with another name of the run on the command line."""
    root = stand_in_checkout(tmp_path / 'it\'s "my" {rün} of $HOME')
    (root / "methods/max_norm.py").write_text("# broken")
    (root / "my.yaml").rename(root / "my run's.yaml")
    (root / "möre.yaml").write_text("seed: 7\n")
    asked = ["--configfile", "my run's.yaml", "möre.yaml", "--config", "run=other"]
    done = snakemake(root, "all", *asked)
    assert done.returncode == 1
    assert "2 of 3 cells have no numbers" in done.stderr
    assert (root / "reports/other/index.html").is_file()
    command = next(line for line in done.stderr.splitlines() if "snakemake --cores 1 " in line)
    assert shlex.split(command)[3:] in ([shard, *asked] for shard in BROKEN)


def test_a_run_without_any_number_has_its_page(tmp_path):
    root = stand_in_checkout(tmp_path / "checkout")
    for method in root.glob("methods/*.py"):
        method.write_text("# broken")
    done = snakemake(root, "all", "--configfile", "my.yaml")
    assert done.returncode == 1
    assert "3 of 3 cells have no numbers" in done.stderr
    assert (root / "reports/mini/index.html").is_file()


def snakemake(root: Path, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
    paths = os.pathsep.join([str(root), *sys.path])
    environment = os.environ | {"PYTHONPATH": paths, PAUSE: "0"}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
