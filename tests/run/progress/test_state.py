"""How far a run is, by shards and by what Snakemake timed."""

import os
from pathlib import Path

import pytest

from spikebench.run import paths
from spikebench.run.cell import Cell
from spikebench.run.failures import shards
from spikebench.run.jobs import cells
from spikebench.run.load import load_config
from spikebench.run.progress.state import Progress, progress
from tests.miniature import run_config, write_catalogue

PAIRS = [{"datasets": ["small", "smaller"], "backbones": ["upscaler"]}]
TIMED = "s\th:m:s\tmax_rss\n{}\t0:00:00\t-\n"


@pytest.fixture
def root(tmp_path):
    return write_catalogue(tmp_path)


def finish(root: Path, config, cell: Cell, seconds: float, ended: float) -> None:
    """Leave what the conversion and the evaluation of a cell leave; each took so long."""
    timed = [
        paths.benchmark("convert", cell.conversion, config.run),
        paths.benchmark("evaluate", cell.evaluation, config.run),
    ]
    for file in [*shards(config, cell), *timed]:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    for file in timed:
        (root / file).write_text(TIMED.format(seconds))
        os.utime(root / file, (ended, ended))
        ended -= seconds


def test_pairs_cells_and_the_time_left(root):
    """Three cells of 10 s, and as long for their conversions, which the others have then."""
    config = load_config(run_config(benchmarks=PAIRS), root=root)
    assert progress(config, root) == Progress(0, 2, 0, 6, None, 9)
    for number, cell in enumerate(cells(config)[:3]):
        finish(root, config, cell, 10.0, 100.0 + 20 * number)
    state = progress(config, root)
    assert state == Progress(1, 2, 3, 6, pytest.approx(30.0), 0)
    assert state.time_left == "about 30 s left"


def test_a_pair_without_one_file_is_not_finished(root):
    config = load_config(run_config(), root=root)
    for cell in cells(config):
        finish(root, config, cell, 10.0, 100.0)
    assert progress(config, root).pairs_done == 1
    (root / shards(config, cells(config)[0])[-1]).unlink()
    assert progress(config, root).pairs_done == 0


def test_where_one_job_does_a_pair_its_time_is_that_of_all_rows(root):
    config = load_config(run_config(benchmarks=PAIRS, device="auto"), root=root)
    for cell in cells(config):
        finish(root, config, cell, 1.0, 100.0)
    small = paths.benchmark("evaluate_pair", "small/upscaler", config.run)
    (root / small).parent.mkdir(parents=True)
    (root / small).write_text(TIMED.format(40.0))
    os.utime(root / small, (1000.0, 1000.0))
    for cell in cells(config)[3:]:
        (root / paths.shard(config.run, cell, "images")).unlink()
    assert progress(config, root).left == pytest.approx(40.0)


def test_a_file_of_times_that_was_cut_off_says_nothing(root):
    config = load_config(run_config(), root=root)
    cell = cells(config)[0]
    finish(root, config, cell, 10.0, 100.0)
    for name in ("convert", "evaluate"):
        below = cell.conversion if name == "convert" else cell.evaluation
        (root / paths.benchmark(name, below, config.run)).write_text("s\th:m")
    assert progress(config, root).left is None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(42, "42 s"), (150, "2 min"), (3 * 3600 + 61, "3 h 1 min"), (2 * 86400 + 7300, "2 d 2 h")],
)
def test_the_time_left_in_words(seconds, said):
    assert Progress(0, 1, 0, 1, seconds, 0).time_left == f"about {said} left"
    assert "without 4 jobs" in Progress(0, 1, 0, 1, seconds, 4).time_left
    assert Progress(0, 1, 0, 1, None, 4).time_left == "time left not known yet"
