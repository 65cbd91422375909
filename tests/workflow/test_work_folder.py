"""Snakemake works in any folder, and leaves the checkout as it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.chaos.stand_ins import PAUSE, stand_in_checkout
from tests.miniature import run_config


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    return stand_in_checkout(tmp_path_factory.mktemp("shared") / "checkout")


def snakemake(checkout: Path, start: Path, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(checkout / "Snakefile")]
    paths = os.pathsep.join([str(checkout), *sys.path])
    environment = os.environ | {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", PAUSE: "0"}
    settings = {"cwd": start, "env": environment, "capture_output": True, "text": True}
    return subprocess.run([*command, "--cores", "2", *arguments], **settings)


def contents(folder: Path) -> dict[Path, int]:
    return {file: file.lstat().st_mtime_ns for file in folder.rglob("*")}


def test_a_run_in_another_folder_leaves_the_checkout_as_it_is(checkout, tmp_path):
    """The configuration's own paths start at the folder that Snakemake works in."""
    start, work = tmp_path / "start", tmp_path / "my work"
    start.mkdir()
    (work / "mine").mkdir(parents=True)
    (work / "mine/own.py").write_text("# broken")
    rows = {"methods": {"ann": {}, "own": {}}, "method_paths": ["methods", "mine"]}
    (start / "my.yaml").write_text(yaml.safe_dump(run_config(**rows)))
    before = contents(checkout)
    asked = ["all", "--directory", "../my work", "--configfile", "my.yaml"]
    done = snakemake(checkout, start, *asked)
    assert "evaluate: image 3: NaN." in done.stderr
    assert f"--snakefile {checkout}/Snakefile --configfile ../start/my.yaml" in done.stderr
    assert (work / "reports/mini/index.html").is_file()
    (work / "mine/own.py").write_text("# whole")
    assert snakemake(checkout, start, *asked).returncode == 0
    assert "Nothing to be done" in snakemake(checkout, start, *asked, "--dry-run").stdout
    assert contents(checkout) == before


def test_a_path_that_is_not_there_is_named_in_full(checkout, tmp_path):
    (tmp_path / "my.yaml").write_text(yaml.safe_dump(run_config(provided={"noisy": "photos"})))
    done = snakemake(checkout, tmp_path, "all", "--configfile", "my.yaml")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"my.yaml: `provided.noisy`: there is no folder or archive photos ({tmp_path}/photos)."
    )
