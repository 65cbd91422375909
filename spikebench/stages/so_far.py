"""The page of a run that goes on: of the pairs (data set, backbone) that are finished.

It lies where the page of the whole run will, and says at its top that it is not that. Its tables
have a folder of their own.
"""

import time
import traceback
from pathlib import Path

import pandas as pd
from filelock import FileLock

from spikebench.io.atomic import atomic_path
from spikebench.io.seals import SUFFIX
from spikebench.report import build
from spikebench.report.tables import write_run_tables
from spikebench.results.sanity import refuse_impossible
from spikebench.run import catalogue, paths
from spikebench.run.config import Benchmark, RunConfig
from spikebench.run.jobs import cells
from spikebench.run.progress import Progress, lacking, progress
from spikebench.run.progress.places import page_whole, pair_finished, so_far, tables_so_far
from spikebench.run.provenance import evaluator_hash
from spikebench.stages.collect import collect_run
from spikebench.stages.render import rank

CHECKED = ("images", "layers", "energy", "methods")


def renew(config: RunConfig, mark: Path) -> None:
    """Say in the file `mark` that a pair is finished, and make the page with it.

    Never raises because of the page: what keeps it from being made is printed, and an older page
    stays. Nothing is made where all pairs are finished, since the page of the run follows.
    """
    with atomic_path(mark) as temporary:
        temporary.write_text(evaluator_hash(), encoding="utf-8")
    try:
        with FileLock(so_far(config.run) / "lock"):  # of several that wait, one makes it for all
            if not _newer(_begun(config), mark):
                _make(config)
    except Exception:  # a page of the whole run will be made, and says what is wrong
        traceback.print_exc()
        print("The page is not renewed.")


def finished_pairs(config: RunConfig) -> list[tuple[str, str, Benchmark]]:
    """Return the pairs that have a mark of the present code and all of their shards, in order."""
    unfinished = {(cell.dataset, cell.backbone) for cell in lacking(config, cells(config))}
    now = evaluator_hash()
    marks = ((pair, pair_finished(config.run, *pair[:2])) for pair in config.pairs())
    return [
        pair
        for pair, mark in marks
        if mark.is_file() and mark.read_text("utf-8") == now and pair[:2] not in unfinished
    ]


def _begun(config: RunConfig) -> Path:
    """Return the file whose time is when the page that is shown was begun."""
    return so_far(config.run) / "begun.txt"


def _newer(file: Path, other: Path) -> bool:
    return file.is_file() and file.stat().st_mtime_ns > other.stat().st_mtime_ns


def _make(config: RunConfig) -> None:
    """Make the page of the finished pairs, unless that of the whole run follows."""
    begun, pairs = _begun(config), finished_pairs(config)
    state = progress(config)
    if state.cells_done == state.cells:
        print("All cells are there: the page of the whole run follows.")
        return
    begun.touch()
    try:
        part = _part(config, pairs)
        folder = tables_so_far(config.run)
        _collect(part, folder)
        rank(folder, config.energy_models)
        refuse_impossible(**{name: pd.read_parquet(folder / f"{name}.parquet") for name in CHECKED})
        shown = len({pair[:2] for pair in pairs})  # a pair may have several entries
        _show(config, folder, _said(shown, state))
    except BaseException:
        begun.unlink(missing_ok=True)
        raise
    print(f"The page shows {shown} of {state.pairs} pairs; {state.time_left}.")


def _part(config: RunConfig, pairs: list[tuple[str, str, Benchmark]]) -> RunConfig:
    """Return the configuration of these pairs alone."""
    own = [
        benchmark.model_copy(update={"datasets": [dataset], "backbones": [backbone]})
        for dataset, backbone, benchmark in pairs
    ]
    return config.model_copy(update={"benchmarks": own})


def _collect(config: RunConfig, folder: Path) -> None:
    """Collect all cells of a configuration into a folder."""
    every = cells(config)
    images, layers, pictures = (
        [paths.shard(config.run, cell, name) for cell in every] for name in paths.SHARDS
    )
    trained = sorted({(recipe, c.backbone) for c in every if (recipe := config.recipe(c.method))})
    curves = (catalogue.learning_curve(*pair) for pair in trained)
    collect_run(
        config,
        images=images,
        layers=layers,
        pictures=pictures,
        converted=sorted({paths.converted(config.run, cell) for cell in every}),
        states=[catalogue.tuned_state(*pair) for pair in trained],
        curves=[curve for curve in curves if curve],
        data=paths.DATASETS,
        output=folder,
    )


def _show(config: RunConfig, folder: Path, unfinished: str) -> None:
    """Write the pages and their tables; what lies there is no output of a job any more."""
    site = paths.report(config.run)
    trust = paths.TRUST if config.verify_backbones and paths.TRUST.is_file() else None
    page_whole(config.run).unlink(missing_ok=True)
    for seal in site.glob(f"*{SUFFIX}"):
        seal.unlink()
    build(folder, page=site / paths.page(config.run).name, trust=trust, unfinished=unfinished)
    write_run_tables(folder, site / "tables", trust=trust)


def _said(shown: int, state: Progress) -> str:
    """Return what the page says at its top."""
    clock = time.strftime("%Y-%m-%d %H:%M %Z")
    return (
        f"It goes on; this page shows {shown} of its {state.pairs} pairs of a data set and a "
        f"network, as of {clock}. {state.cells_done} of {state.cells} cells are done, "
        f"{state.time_left}."
    )
