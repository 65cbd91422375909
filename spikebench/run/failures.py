"""Which cells of a run have no numbers, why, and the command that tries them again.

Nothing here imports torch, because Snakemake asks at every start.
"""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from spikebench.run import catalogue
from spikebench.run.config import RunConfig
from spikebench.run.jobs import Cell, calibration_dataset, part_name, parts
from spikebench.run.script import FAILED

PARTIAL = "SPIKEBENCH_PARTIAL"  # set: make the page of the cells that are there
SHARDS = ("images", "layers", "pictures")
SILENT = "It ended without a message: it was killed, or the memory ran out."
NOT_STARTED = "It was not started."


@dataclass(frozen=True)
class Failure:
    """A cell without numbers: `stage` is the rule that failed, `command` runs it again."""

    dataset: str
    backbone: str
    method: str
    seed: int
    stage: str
    message: str
    log: str
    command: str


def is_partial() -> bool:
    """Tell whether a run was asked to make its page of the cells that are there."""
    return bool(os.environ.get(PARTIAL))


def shards(config: RunConfig, cell: Cell) -> list[Path]:
    """Return the files of a cell: what its conversion and its evaluation write."""
    return [
        _converted(config, cell),
        *(_folder(config, cell) / f"{name}.parquet" for name in SHARDS),
    ]


def part_files(config: RunConfig, cell: Cell, root: Path = Path()) -> list[Path]:
    """Return the files that the jobs of a cell leave for the last one; none where one does all."""
    return [
        _folder(config, cell) / f"{part_name(images_at)}.jsonl"
        for images_at in parts(config, cell, root)
    ]


def made_for(config: RunConfig, cells: Sequence[Cell], root: Path = Path()) -> set[Path]:
    """Return every file and folder that a rule makes on the way to the cells' last ones.

    Not those that are deleted once they are used, the parts of cells.
    """
    stages = {output for cell in cells for _, output, _ in _stages(config, cell, root)}
    used_up = {file for cell in cells for file in part_files(config, cell, root)}
    return (stages - used_up) | {file for cell in cells for file in shards(config, cell)}


def find_failures(
    config: RunConfig, cells: Sequence[Cell], configfile: str, root: Path = Path()
) -> list[Failure]:
    """Return every cell that lacks a file, with the first stage behind it that has no output.

    `configfile` is how the run was asked for, "" for the default. Files are looked up below `root`.
    """
    lacking = [
        cell for cell in cells if not all((root / f).is_file() for f in shards(config, cell))
    ]
    return [_failure(config, cell, configfile, root) for cell in lacking]


def describe(failures: Sequence[Failure]) -> list[dict[str, str | int]]:
    """Return the failures as JSON can hold them, for the run's description."""
    return [asdict(failure) for failure in failures]


def failed_job(rule: str, output: str, log: str, configfile: str) -> str:
    """Return what a summary says of a job that failed: why, where its log is, how to run it."""
    return f"{rule}: {_message(Path(log))}\n  log: {log}\n  {_command(output, configfile)}"


def _command(output: Path | str, configfile: str) -> str:
    given = f" --configfile {configfile}" if configfile else ""
    return f"snakemake --cores 1 {output}{given}"


def _failure(config: RunConfig, cell: Cell, configfile: str, root: Path) -> Failure:
    stages = _stages(config, cell, root)
    stage, output, log = next(
        (item for item in stages if not (root / item[1]).exists()), stages[-1]
    )
    return Failure(
        **vars(cell),
        stage=stage,
        message=_message(root / log),
        log=str(log),
        command=_command(output, configfile),
    )


def _stages(config: RunConfig, cell: Cell, root: Path) -> list[tuple[str, Path, Path]]:
    """Return rule, output and log of the stages that lead to a cell, in order."""
    found = [
        ("fetch_dataset", Path("resources/datasets", name), Path("logs/fetch_dataset", name))
        for name in (cell.dataset, calibration_dataset(config, cell.backbone, root))
    ]
    weights = Path("resources/backbones", f"{cell.backbone}.safetensors")
    found.append(("fetch_weights", weights, Path("logs/fetch_weights", cell.backbone)))
    if recipe := config.recipe(cell.method):
        state = catalogue.tuned_state(recipe, cell.backbone, root)
        rule = "fetch_state" if "states" in state.parts else "finetune"
        found.append((rule, state, Path("logs", rule, cell.backbone, recipe)))
    below = Path(cell.backbone, cell.method, f"seed{cell.seed}")
    logs = Path("logs", config.run)
    found.append(("convert", _converted(config, cell), logs / "convert" / below))
    evaluated = logs / "evaluate" / cell.dataset / below
    for part in part_files(config, cell, root):
        found.append(("evaluate_part", part, evaluated / part.stem))
    found.append(("evaluate", shards(config, cell)[1], evaluated))
    return [(rule, output, Path(f"{log}.log")) for rule, output, log in found]


def _folder(config: RunConfig, cell: Cell) -> Path:
    cells = Path("results", config.run, "cells")
    return cells / cell.dataset / cell.backbone / cell.method / f"seed{cell.seed}"


def _converted(config: RunConfig, cell: Cell) -> Path:
    folder = Path("resources/converted", config.run, cell.backbone, cell.method)
    return folder / f"seed{cell.seed}.safetensors"


def _message(log: Path) -> str:
    """Return the reason that a script wrote at the end of its log."""
    if not log.is_file():
        return NOT_STARTED
    _, failed, message = log.read_text(encoding="utf-8", errors="replace").rpartition(FAILED)
    return " ".join(message.split()) if failed else SILENT
