"""Cells of a real run are computed again by the real workflow, and a changed bit is named."""

import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from spikebench.cli import app
from spikebench.errors import BenchError
from spikebench.release.reproduce import again, reproduce
from spikebench.run.sources import LIBRARY

TABLES = ("images", "layers", "run")
RUN = {
    "run": "small",
    "timesteps": [1, 2],
    "calibration": {"patches": 2, "size": 24, "datasets": {"super_resolution": "embedded_train"}},
    "benchmarks": [{"datasets": ["embedded"], "backbones": ["espcn_tiny_x2"], "images": 2}],
    "methods": {"ann": {}, "signed_if": {}},
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """The tables of a run of two rows on two images."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "my.yaml").write_text(yaml.safe_dump(RUN))
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(LIBRARY.parent / "Snakefile")]
    command += ["results/small/run.parquet", "--cores", "2", "--configfile", "my.yaml"]
    paths = os.pathsep.join([str(LIBRARY.parent), *sys.path])
    environment = os.environ | {"PYTHONPATH": paths}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "results/small"


@pytest.fixture(scope="module")
def work(tmp_path_factory) -> Path:
    """The folder in which cells are computed again, once for all tests here."""
    return tmp_path_factory.mktemp("work")


@pytest.fixture
def edited(finished, tmp_path, monkeypatch) -> Callable[..., Path]:
    """Return a function that copies the run with a table changed; the test works beside it."""
    monkeypatch.chdir(tmp_path)

    def edit(name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Path:
        folder = tmp_path / "copy"
        folder.mkdir()
        for table in TABLES:
            shutil.copy(finished / f"{table}.parquet", folder)
        table = pq.read_table(folder / f"{name}.parquet")
        changed = pa.Table.from_pandas(
            change(table.to_pandas()), table.schema, preserve_index=False
        )
        pq.write_table(changed, folder / f"{name}.parquet")
        return folder

    return edit


def test_a_run_that_is_computed_again_is_equal(finished, work):
    before = {file: file.stat().st_mtime_ns for file in finished.rglob("*")}
    found = reproduce(finished, cells=2, seed=1, cores="2", work=work)
    assert found.equal, found.lines()
    assert found.lines()[-1] == "2 of 2 cells equal in every stable column"
    assert found.here == found.there
    assert {outcome.cell.method for outcome in found.outcomes} == {"ann", "signed_if"}
    assert all(o.published == o.computed and o.images and o.layers for o in found.outcomes)
    assert "psnr" in found.columns["images"] and "seconds" not in found.columns["images"]
    assert {file: file.stat().st_mtime_ns for file in finished.rglob("*")} == before


def test_one_bit_of_one_row_is_named_and_written_down(edited, work, monkeypatch, capsys):
    def change(images: pd.DataFrame) -> pd.DataFrame:
        place = images.index[(images["method"] == "signed_if") & (images["timesteps"] == 2)][0]
        images.loc[place, "psnr"] = math.nextafter(images.loc[place, "psnr"], 0)
        return images

    folder = edited("images", change)
    command = ["spikebench", "reproduce", str(folder), "--cells", "2", "--work", str(work)]
    monkeypatch.setattr(sys, "argv", [*command, "--report", "proof.md"])
    with pytest.raises(SystemExit) as end:
        app()
    assert end.value.code == 1
    lines = capsys.readouterr().out.splitlines()
    (named,) = [line for line in lines[:2] if "equal" not in line]
    assert named.startswith("embedded[2] espcn_tiny_x2 signed_if seed 0: images: psnr is ")
    assert "(timesteps 2, image " in named
    assert lines[-1] == "1 of 2 cells equal in every stable column"
    assert lines[-1] in Path("proof.md").read_text(encoding="utf-8")


def test_rows_of_other_code_are_computed_if_asked_for(edited, work):
    changes = {"evaluator_hash": "0" * 64, "git_commit": "c0ffee"}
    folder = edited("images", lambda images: images.assign(**changes))
    with pytest.raises(BenchError, match=r"evaluator 000000000000, .* it was measured, c0ffee"):
        reproduce(folder, cells=2, seed=1, work=work)
    found = reproduce(folder, cells=2, seed=1, work=work, any_evaluator=True)
    assert found.equal, found.lines()
    assert "evaluator_hash" not in found.columns["images"]


def test_a_data_set_that_cannot_be_fetched_is_no_silent_success(edited, work, monkeypatch):
    monkeypatch.setenv("SPIKEBENCH_MIRROR", "/nowhere")
    sets = [{"datasets": ["set5"], "backbones": ["espcn_tiny_x2"]}]
    config = yaml.safe_dump(RUN | {"benchmarks": sets})
    folder = edited("run", lambda run: run.assign(config=config))
    images = pq.read_table(folder / "images.parquet").to_pandas().assign(dataset="set5")
    images.to_parquet(folder / "images.parquet")
    found = reproduce(folder, cells=2, seed=1, work=work)
    assert all("fetch_dataset: " in o.failure and "/nowhere" in o.failure for o in found.outcomes)
    assert found.verdict() == ("0 of 2 cells equal in every stable column; 2 could not be computed")
    assert found.here is None and not found.equal


def test_a_bound_on_the_time_leaves_cells_out(edited, work):
    folder = edited("images", lambda images: images.assign(seconds=9.0))
    with pytest.raises(BenchError, match="1 cells cannot be drawn from 0"):
        reproduce(folder, cells=1, seed=1, most_seconds=17.9, work=work)


def test_what_an_earlier_call_left_does_not_count_where_the_workflow_fails(edited, work):
    found = reproduce(edited("run", lambda run: run), cells=2, seed=1, cores="many", work=work)
    outdated = "the workflow failed, and rows of an earlier call may be outdated."
    assert {outcome.failure for outcome in found.outcomes} == {outdated}


def test_without_the_workflow_nothing_can_be_computed(edited, work, monkeypatch):
    monkeypatch.setattr(again, "CHECKOUT", Path("/nowhere"))
    folder = edited("run", lambda run: run)
    with pytest.raises(BenchError, match="/nowhere is no checkout of the benchmark"):
        reproduce(folder, cells=1, seed=1, work=work)
