"""How far a run is, by what lies on the disk: its shards, and what Snakemake timed beside logs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from spikebench.run import catalogue, paths
from spikebench.run.cell import Cell
from spikebench.run.config import RunConfig
from spikebench.run.failures import part_files, shards
from spikebench.run.jobs import cells, in_pairs
from spikebench.run.progress.left import Job, seconds_left
from spikebench.run.progress.work import work

MINUTE, HOUR, DAY = 60, 3600, 86400


@dataclass(frozen=True)
class Progress:
    """Finished and all pairs (data set, backbone) and cells; seconds left, None where unknown.

    `uncounted` are the jobs of which nothing like them was measured yet.
    """

    pairs_done: int
    pairs: int
    cells_done: int
    cells: int
    left: float | None
    uncounted: int

    @property
    def time_left(self) -> str:
        """The time left in words."""
        if self.left is None:
            return "time left not known yet"
        without = f", without {self.uncounted} jobs of a kind that did not run yet"
        return f"about {_in_words(self.left)} left{without if self.uncounted else ''}"


def progress(config: RunConfig, root: Path = Path()) -> Progress:
    """Return how far the run of a configuration is; files are looked up below `root`."""
    every = cells(config)
    unfinished = lacking(config, every, root)
    pairs = {(cell.dataset, cell.backbone) for cell in every}
    open_pairs = {(cell.dataset, cell.backbone) for cell in unfinished}
    jobs = [*_before(config, every, root), *_evaluations(config, every, unfinished, root)]
    left, uncounted = seconds_left(jobs)
    return Progress(
        pairs_done=len(pairs - open_pairs),
        pairs=len(pairs),
        cells_done=len(every) - len(unfinished),
        cells=len(every),
        left=left,
        uncounted=uncounted,
    )


def lacking(config: RunConfig, every: Iterable[Cell], root: Path = Path()) -> set[Cell]:
    """Return the cells of which a file is not there."""
    return {cell for cell in every if not all((root / f).is_file() for f in shards(config, cell))}


def _before(config: RunConfig, every: Sequence[Cell], root: Path) -> Iterator[Job]:
    """Yield the trainings and conversions behind the cells, each with the work 1."""
    conversions = {(cell.backbone, cell.method, cell.seed): cell for cell in every}
    for cell in conversions.values():
        timed = [paths.benchmark("convert", cell.conversion, config.run)]
        done = (root / paths.converted(config.run, cell)).is_file()
        yield from _jobs("convert", cell.backbone, cell.method, 1.0, done, timed, root)
    trained = {(config.recipe(cell.method), cell.backbone) for cell in every}
    for recipe, backbone in sorted(trained):
        if recipe and not catalogue.is_pinned_state(recipe, backbone, root):
            timed = [paths.benchmark("finetune", Path(backbone, recipe))]
            done = (root / paths.finetuned(recipe, backbone)).is_file()
            yield from _jobs("finetune", backbone, recipe, 1.0, done, timed, root)


def _evaluations(
    config: RunConfig, every: Sequence[Cell], unfinished: set[Cell], root: Path
) -> Iterator[Job]:
    """Yield the evaluations: one of each cell, or of each pair where one job does all its rows."""
    if not in_pairs(config):
        for cell in every:
            amount, done = work(config, cell, root), cell not in unfinished
            timed = _timed(config, cell, root)
            yield from _jobs("evaluate", cell.backbone, cell.method, amount, done, timed, root)
        return
    for pair in dict.fromkeys((cell.dataset, cell.backbone) for cell in every):
        own = [cell for cell in every if (cell.dataset, cell.backbone) == pair]
        amount = sum(work(config, cell, root) for cell in own)
        timed = [paths.benchmark("evaluate_pair", Path(*pair), config.run)]
        done = unfinished.isdisjoint(own)
        yield from _jobs("evaluate", pair[1], "", amount, done, timed, root)


def _timed(config: RunConfig, cell: Cell, root: Path) -> list[Path]:
    """Return the files that say what the jobs of a cell took."""
    below = [cell.evaluation / part.stem for part in part_files(config, cell, root)]
    names = [cell.evaluation, *below]
    return [paths.benchmark("evaluate", name, config.run) for name in names]


def _jobs(
    kind: str,
    backbone: str,
    row: str,
    amount: float,
    done: bool,
    timed: Sequence[Path],
    root: Path,
) -> Iterator[Job]:
    """Yield the jobs that share an amount of work, each with what Snakemake wrote that it took."""
    for file in (root / name for name in timed):
        seconds = _seconds(file)
        ended = None if seconds is None else file.stat().st_mtime
        yield Job(kind, backbone, row, amount / len(timed), done, seconds, ended)


def _seconds(file: Path) -> float | None:
    """Return the wall time in a file of Snakemake's `benchmark:`; None where there is none."""
    try:
        heads, *_, last = (line.split("\t") for line in file.read_text("utf-8").splitlines())
        return float(dict(zip(heads, last, strict=True))["s"])
    except (OSError, ValueError, KeyError):
        return None


def _in_words(seconds: float) -> str:
    """Return a time as its two largest units."""
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    if seconds < HOUR:
        return f"{seconds / MINUTE:.0f} min"
    if seconds < DAY:
        hours, rest = divmod(round(seconds / MINUTE), 60)
        return f"{hours} h {rest} min"
    days, rest = divmod(round(seconds / HOUR), 24)
    return f"{days} d {rest} h"
