"""Draw cells of a table, compute them again, and say whether every number is equal to the bit."""

import platform
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from spikebench.errors import BenchError
from spikebench.release.reproduce.again import CHECKOUT, Again
from spikebench.release.reproduce.candidates import candidates
from spikebench.release.reproduce.compare import TABLES, compared, difference, digest
from spikebench.release.reproduce.draw import TableCell, draw
from spikebench.release.reproduce.outcome import Drawn, Outcome, Place, Reproduction
from spikebench.release.reproduce.table import Published
from spikebench.run.provenance import evaluator_hash

WORK = Path("reproduced")  # in the folder where the command is given


def reproduce(
    folder: Path,
    *,
    cells: int,
    seed: int,
    cores: str = "1",
    most_seconds: float | None = None,
    any_evaluator: bool = False,
    any_device: bool = False,
    work: Path | None = None,
) -> Reproduction:
    """Compute random cells of results/<run> again and compare them; see `Reproduction`.

    Where several evaluators measured the table, cells of the one that is here are drawn. With
    `most_seconds` only cells are drawn whose images took no longer, each up to its largest T, and
    none whose state was trained again since, nor, without `any_device`, one that another kind of
    processor computed. Nothing is written but in `work`, which is reproduced/<run>-<table id> if
    left out. With `any_evaluator` another one than the table's may compute, and hashes of code are
    not compared. Raises `BenchError` where the table cannot be read, where another evaluator is
    here, and where there are fewer cells.
    """
    table = Published.read(folder)
    here = evaluator_hash()
    if here not in table.evaluators and not any_evaluator:
        raise BenchError(_another_evaluator(table))
    several = len(table.evaluators) > 1 and not any_evaluator
    found = candidates(
        table,
        CHECKOUT,
        most_seconds=most_seconds,
        evaluator=here if several else None,
        any_device=any_device,
    )
    chosen = draw(found.cells, cells, seed)
    again = Again(table, chosen, work or WORK / f"{table.name}-{table.id}")
    again.run(cores)
    return Reproduction(
        table=table.id,
        run=table.name,
        drawn=Drawn(
            cells,
            seed,
            candidates=len(found.cells),
            there=len(table.seconds()),
            most_seconds=most_seconds,
            trained_again=found.trained_again,
            elsewhere=found.elsewhere,
        ),
        there=_place([table.images], table.run["python"], table.run["platform"]),
        here=_here([rows[0] for cell in chosen if (rows := again.rows(cell))]),
        columns={
            table_of.name: compared(table_of, rows, any_evaluator)
            for table_of, rows in zip(TABLES, (table.images, table.layers), strict=True)
        },
        any_evaluator=any_evaluator,
        outcomes=[_outcome(table, again, cell, any_evaluator) for cell in chosen],
    )


def _outcome(table: Published, again: Again, cell: TableCell, any_evaluator: bool) -> Outcome:
    published, computed = table.rows(cell), again.rows(cell)
    images, layers = (rows.num_rows for rows in published)
    stated = digest(published, any_evaluator)
    if computed is None:
        return Outcome(cell, images, layers, stated, failure=again.failure(cell))
    found = difference(published, computed, any_evaluator)
    return Outcome(cell, images, layers, stated, digest(computed, any_evaluator), found)


def _another_evaluator(table: Published) -> str:
    commits = " or ".join(table.said("git_commit"))
    there = " or ".join(found[:12] for found in table.evaluators)
    return (
        f"{table.folder} was measured by evaluator {there}, and here is "
        f"{evaluator_hash()[:12]} ({CHECKOUT}): other code may give other numbers. Check out the "
        f"commit at which it was measured, {commits}, or any other with that evaluator; "
        "with --any-evaluator this one computes, and hashes of code are not compared."
    )


def _here(images: Sequence[pa.Table]) -> Place | None:
    if not images:
        return None
    return _place(images, platform.python_version(), platform.platform(terse=True))


def _place(images: Sequence[pa.Table], python: str, system: str) -> Place:
    def said(name: str) -> str:
        values = {value for table in images for value in table[name].to_pylist()}
        return " and ".join(sorted(values))

    return Place(
        evaluator=said("evaluator_hash"),
        commit=said("git_commit"),
        version=said("version"),
        torch=said("torch_version"),
        device=said("device"),
        python=python,
        platform=system,
    )
