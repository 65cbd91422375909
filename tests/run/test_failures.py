"""Every cell without numbers is found, with the stage that failed, its message and a command."""

import shlex
from pathlib import Path

import pytest

from spikebench.run import catalogue
from spikebench.run.cell import Cell
from spikebench.run.config import RunConfig
from spikebench.run.failures import (
    asked_for,
    describe,
    failed_job,
    find_failures,
    made_for,
    part_files,
    shards,
)
from spikebench.run.jobs import cells
from spikebench.run.load import load_config
from spikebench.run.logs import NOT_STARTED, SILENT
from spikebench.run.paths import pair_done
from tests.miniature import run_config, write_catalogue


@pytest.fixture
def root(tmp_path) -> Path:
    """A checkout in small, as far as files are looked up; everything was run."""
    write_catalogue(tmp_path)
    config = load_config(run_config(), root=tmp_path)
    for name in ("training", "noisy"):
        (tmp_path / f"resources/datasets/{name}").mkdir(parents=True)
    write(tmp_path / "resources/backbones/denoiser.safetensors")
    for cell in cells(config):
        for file in shards(config, cell):
            write(tmp_path / file)
    return tmp_path


@pytest.fixture
def config(root) -> RunConfig:
    return load_config(run_config(), root=root)


def write(file: Path, text: str = "") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def found(config: RunConfig, root: Path) -> list[dict]:
    return describe(find_failures(config, cells(config), ["--configfile", "my.yaml"], root))


def test_a_whole_run_has_no_failure(config, root):
    assert found(config, root) == []


@pytest.mark.parametrize("shard", [1, 2, 3])
def test_a_cell_that_failed_is_named_with_its_message_and_how_to_run_it(config, root, shard):
    (root / shards(config, Cell("noisy", "denoiser", "ann", 0))[shard]).unlink()
    log = "logs/mini/evaluate/noisy/denoiser/ann/seed0.log"
    write(root / log, "50 %\nFailed: image a:\nNaN.\n")
    (failure,) = found(config, root)
    assert failure == {
        **{"dataset": "noisy", "backbone": "denoiser", "method": "ann", "seed": 0},
        **{"stage": "evaluate", "message": "image a: NaN.", "log": log},
        "command": "snakemake --cores 1 results/mini/cells/noisy/denoiser/ann/seed0/images.parquet "
        "--configfile my.yaml",
    }


@pytest.mark.parametrize(
    ("missing", "stage", "log"),
    [
        ("resources/datasets/noisy", "fetch_dataset", "logs/fetch_dataset/noisy.log"),
        ("resources/datasets/training", "fetch_dataset", "logs/fetch_dataset/training.log"),
        ("resources/backbones/denoiser.safetensors", "fetch_weights", "logs/fetch_weights/den"),
        ("resources/converted/mini/denoiser/ann/seed0.safetensors", "convert", "logs/mini/convert"),
    ],
)
def test_the_first_stage_without_an_output_is_what_failed(config, root, missing, stage, log):
    (root / shards(config, Cell("noisy", "denoiser", "ann", 0))[0]).unlink()
    output = root / missing
    output.rmdir() if output.is_dir() else output.unlink(missing_ok=True)
    (failure,) = found(config, root)
    assert failure["stage"] == stage
    assert failure["log"].startswith(log)
    assert missing in failure["command"]
    assert failure["message"] == NOT_STARTED


def test_a_part_that_failed_is_named_and_no_part_is_asked_for_by_name(root, monkeypatch):
    config = load_config(run_config(images_per_job=2), root=root)
    three = catalogue.dataset("noisy", root).model_copy(update={"images": 3})
    monkeypatch.setattr(catalogue, "dataset", lambda *_: three)
    cell = Cell("noisy", "denoiser", "ann", 0)
    (root / shards(config, cell)[1]).unlink()
    first, second = part_files(config, cell, root)
    write(root / first)
    log = "logs/mini/evaluate/noisy/denoiser/ann/seed0/part2-3.log"
    write(root / log, "Failed: image c: NaN.\n")
    (failure,) = found(config, root)
    assert (failure["stage"], failure["message"]) == ("evaluate_part", "image c: NaN.")
    assert (failure["log"], str(second) in failure["command"]) == (log, True)
    assert made_for(config, [cell], root).isdisjoint((first, second))


def test_where_a_gpu_may_compute_the_job_of_the_pair_comes_before_that_of_the_cell(root):
    config = load_config(run_config(device="auto"), root=root)
    cell = Cell("noisy", "denoiser", "ann", 0)
    (root / shards(config, cell)[1]).unlink()
    (failure,) = found(config, root)
    assert failure["stage"] == "evaluate_pair"
    assert failure["log"] == "logs/mini/evaluate_pair/noisy/denoiser.log"
    done = pair_done("mini", "noisy", "denoiser")
    write(root / done)
    (failure,) = found(config, root)
    assert failure["stage"] == "evaluate"
    assert made_for(config, [cell], root).isdisjoint([done])


def test_a_job_that_was_killed_has_no_message(tmp_path):
    write(tmp_path / "x.log", "10 %\r20 %")
    said = failed_job("evaluate", "out.parquet", str(tmp_path / "x.log"), [])
    assert said.splitlines()[0] == f"evaluate: {SILENT}"
    assert said.splitlines()[-1] == "  snakemake --cores 1 out.parquet"


def test_how_a_run_was_asked_for_can_be_typed_again(tmp_path, monkeypatch):
    work = tmp_path / "it's here"
    work.mkdir()
    monkeypatch.chdir(work)
    snakefile = tmp_path / "bench/Snakefile"
    write(snakefile)
    assert asked_for(snakefile, [], []) == ["--snakefile", str(snakefile)]
    (work / "workflow").mkdir()
    (work / "workflow/Snakefile").symlink_to(snakefile)
    assert asked_for(snakefile, [], []) == []
    files = [work / "my run.yaml", tmp_path / "more.yaml"]
    asked = asked_for(snakefile, files, ["run=other", "timesteps=[1, 2]"])
    said = failed_job("evaluate", "out.parquet", "x.log", asked).splitlines()[-1]
    words = ["snakemake", "--cores", "1", "out.parquet", "--configfile", "my run.yaml"]
    words += ["../more.yaml", "--config", "run=other", "timesteps=[1, 2]"]
    assert shlex.split(said) == words
