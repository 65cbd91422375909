"""Which cells of a run have no numbers, why, and the command that tries them again.

Nothing here imports torch, because Snakemake asks at every start.
"""

import os
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from spikebench.run import catalogue, paths
from spikebench.run.cell import Cell
from spikebench.run.config import RunConfig
from spikebench.run.jobs import calibration_dataset, in_pairs, parts
from spikebench.run.logs import reason

PARTIAL = "SPIKEBENCH_PARTIAL"  # set: make the page of the cells that are there
SNAKEFILES = ("Snakefile", "snakefile", "workflow/Snakefile", "workflow/snakefile")


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
    tables = [paths.shard(config.run, cell, name) for name in paths.SHARDS]
    return [paths.converted(config.run, cell), *tables]


def part_files(config: RunConfig, cell: Cell, root: Path = Path()) -> list[Path]:
    """Return the files that the jobs of a cell leave for the last one; none where one does all."""
    found = parts(config, cell, root)
    return [paths.part(config.run, cell, images_at.start, images_at.stop) for images_at in found]


def made_for(config: RunConfig, cells: Sequence[Cell], root: Path = Path()) -> set[Path]:
    """Return every file and folder that a rule makes on the way to the cells' last ones.

    Not those that are deleted once they are used: the parts of cells, the marks of pairs.
    """
    stages = {output for cell in cells for _, output, _ in _stages(config, cell, root)}
    used_up = {file for cell in cells for file in part_files(config, cell, root)}
    used_up |= {paths.pair_done(config.run, cell.dataset, cell.backbone) for cell in cells}
    return (stages - used_up) | {file for cell in cells for file in shards(config, cell)}


def find_failures(
    config: RunConfig, cells: Sequence[Cell], asked: Sequence[str], root: Path = Path()
) -> list[Failure]:
    """Return every cell that lacks a file, with the first stage behind it that has no output.

    `asked` is how the run was asked for, see `asked_for`. Files are looked up below `root`.
    """
    lacking = [
        cell for cell in cells if not all((root / f).is_file() for f in shards(config, cell))
    ]
    return [_failure(config, cell, asked, root) for cell in lacking]


def describe(failures: Sequence[Failure]) -> list[dict[str, str | int]]:
    """Return the failures as JSON can hold them, for the run's description."""
    return [asdict(failure) for failure in failures]


def failed_job(rule: str, output: str, log: str, asked: Sequence[str]) -> str:
    """Return what a summary says of a job that failed: why, where its log is, how to run it."""
    return f"{rule}: {reason(Path(log))}\n  log: {log}\n  {_command(output, asked)}"


def asked_for(snakefile: Path, configfiles: Sequence[Path], config: Sequence[str]) -> list[str]:
    """Return the arguments that ask Snakemake for the same run, in the folder that it works in.

    `configfiles` and `config` are what --configfile and --config were given. A Snakefile is named
    where it is not the one that Snakemake takes there by itself.
    """
    own = next((file for file in map(Path, SNAKEFILES) if file.is_file()), None)
    named = [] if own and own.samefile(snakefile) else ["--snakefile", str(snakefile)]
    files = [os.path.relpath(file) for file in configfiles]
    return [
        *named,
        *(["--configfile", *files] if files else []),
        *(["--config", *config] if config else []),
    ]


def _command(output: Path | str, asked: Sequence[str]) -> str:
    return shlex.join(["snakemake", "--cores", "1", str(output), *asked])


def _failure(config: RunConfig, cell: Cell, asked: Sequence[str], root: Path) -> Failure:
    stages = _stages(config, cell, root)
    stage, output, log = next(
        (item for item in stages if not (root / item[1]).exists()), stages[-1]
    )
    return Failure(
        **vars(cell),
        stage=stage,
        message=reason(root / log),
        log=str(log),
        command=_command(output, asked),
    )


def _stages(config: RunConfig, cell: Cell, root: Path) -> list[tuple[str, Path, Path]]:
    """Return rule, output and log of the stages that lead to a cell, in order."""
    run, backbone = config.run, cell.backbone
    found = [
        ("fetch_dataset", paths.dataset(name), paths.log("fetch_dataset", name))
        for name in (cell.dataset, calibration_dataset(config, backbone, root))
    ]
    found.append(("fetch_weights", paths.weights(backbone), paths.log("fetch_weights", backbone)))
    if recipe := config.recipe(cell.method):
        rule = "fetch_state" if catalogue.is_pinned_state(recipe, backbone, root) else "finetune"
        state = catalogue.tuned_state(recipe, backbone, root)
        found.append((rule, state, paths.log(rule, Path(backbone, recipe))))
    converted = paths.log("convert", cell.conversion, run)
    found.append(("convert", paths.converted(run, cell), converted))
    for part in part_files(config, cell, root):
        log = paths.log("evaluate", cell.evaluation / part.stem, run)
        found.append(("evaluate_part", part, log))
    if in_pairs(config):
        done = paths.pair_done(run, cell.dataset, backbone)
        log = paths.log("evaluate_pair", Path(cell.dataset, backbone), run)
        found.append(("evaluate_pair", done, log))
    images = paths.shard(run, cell, "images")
    return [*found, ("evaluate", images, paths.log("evaluate", cell.evaluation, run))]
