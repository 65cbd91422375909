"""The command line: what it prints, where, and its status."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

import spikebench
from spikebench.cli import app
from spikebench.conformance import CHECKS
from tests.miniature import run_config, write_catalogue

REPOSITORY = Path(__file__).parents[1]


class Ended(NamedTuple):
    """The status of a command and what it printed."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(monkeypatch, capsys) -> Callable[..., Ended]:
    """Return a function that runs a command in this process, in the checkout or another folder."""

    def start(*arguments: str, folder: Path = REPOSITORY) -> Ended:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["spikebench", *arguments])
        with pytest.raises(SystemExit) as end:
            app()
        return Ended(int(end.value.code or 0), *capsys.readouterr())

    return start


def test_a_process_of_its_own_prints_the_version():
    command = [sys.executable, "-c", "from spikebench.cli import app; app()", "--version"]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"{spikebench.__version__}\n")


def test_list_names_every_method_file(run):
    files = {file.stem for file in REPOSITORY.glob("methods/*.py")}
    expected = sorted(name for name in files if not name.startswith("_"))
    assert run("list", "methods").stdout.split() == expected


def test_describe_a_method_shows_citation_and_options(run):
    shown = run("describe", "percentile_norm").stdout
    assert "rueckauer2017conversion" in shown
    assert "  percentile: 99.9 (a number above 0 and at most 100)\n" in shown
    assert "  per_channel: false (true or false)\n" in shown


def test_describe_a_data_set_and_a_backbone(run):
    assert "licence:" in run("describe", "set12").stdout
    assert "architecture: dncnn" in run("describe", "dncnn_s25").stdout


def test_an_unknown_name_is_one_line_and_status_one(run):
    result = run("describe", "percentil_norm")
    assert result.returncode == 1
    assert result.stderr.startswith("Nothing is called 'percentil_norm'. Did you mean")
    assert result.stderr.count("\n") == 1


def test_check_prints_one_line_a_check(run):
    result = run("check", "percentile_norm")
    assert result.returncode == 0
    lines = result.stdout.splitlines()
    assert [line[:24].strip() for line in lines] == list(CHECKS)
    assert all(line[24:].startswith("ok") for line in lines)


def test_check_a_file_elsewhere_that_fails_is_status_one(run, tmp_path):
    file = tmp_path / "unfinished.py"
    template = (REPOSITORY / "methods/_template.py").read_text()
    file.write_text(template.replace("network.sites:", "network.sites[1:]:"))
    result = run("check", str(file))
    assert result.returncode == 1
    assert "sites have no neuron" in result.stdout
    assert result.stdout.endswith("3 failed. methods/README.md says what a method has to keep.\n")


@pytest.mark.parametrize("name", ["percentil_norm", "dncnn_s25"])
def test_check_knows_methods_only(run, name):
    result = run("check", name)
    assert result.returncode == 1
    assert result.stderr.startswith(f"There is no method '{name}'.")


def test_outside_a_checkout(run, tmp_path):
    result = run("list", "methods", folder=tmp_path)
    assert result.returncode == 1
    assert "root folder of the checkout" in result.stderr


def test_verify_names_what_is_no_release(run, tmp_path):
    result = run("verify", str(tmp_path))
    assert result.returncode == 1
    assert result.stderr.startswith(f"There is no {tmp_path / 'manifest.json'}.")
    assert result.stderr.count("\n") == 1


def test_progress_says_pairs_cells_and_time_left(run, tmp_path):
    root = write_catalogue(tmp_path)
    (root / "my.yaml").write_text(yaml.safe_dump(run_config()))
    shown = run("progress", "--configfile", "my.yaml", folder=root).stdout.splitlines()
    assert shown == [
        "0 of 1 pairs of a data set and a network",
        "0 of 3 cells",
        "time left not known yet",
    ]
