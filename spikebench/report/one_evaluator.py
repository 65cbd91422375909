"""Rows measured by different versions of the evaluator must not stand in one table."""

from collections.abc import Sequence

import pandas as pd

from spikebench.errors import BenchError
from spikebench.results.evaluators import are_equal
from spikebench.results.frames import records
from spikebench.run import paths
from spikebench.run.cell import Cell
from spikebench.run.provenance import evaluator_hash

Pair = tuple[str, str]
CELL = ["evaluator_hash", "dataset", "backbone", "method", "seed"]
NAMED = 8  # cells that a message names at most


def check_one_evaluator(images: pd.DataFrame, run: str, equals: Sequence[Pair] = ()) -> None:
    """Raise `BenchError` where the rows of images.parquet are of several evaluators.

    `equals` are pairs of those that were shown to be equal (`spikebench.results.evaluators`); they
    may stand together. The message names the cells to measure again, and the command that does:
    those that are not of the evaluator installed here, or, where none is, those of all but the most
    frequent one.
    """
    counts = images["evaluator_hash"].value_counts()
    if are_equal(counts.index, equals):
        return
    here = evaluator_hash()
    kept = here if here in counts else counts.index[0]
    cells = images.loc[images["evaluator_hash"] != kept, CELL].drop_duplicates()
    files = [
        str(paths.shard(run, Cell.of_row(*cell[1:]), "images"))
        for cell in cells.itertuples(index=False, name=None)
    ]
    more = f"\nand {len(files) - NAMED} more cells" if len(files) > NAMED else ""
    listed = "\n".join(
        f"{cell['dataset']} {cell['backbone']} {cell['method']} seed {cell['seed']}: "
        f"evaluator {cell['evaluator_hash'][:12]}"
        for cell in records(cells.head(NAMED))
    )
    raise BenchError(
        f"{paths.table(run, 'images')} mixes rows of {len(counts)} evaluators, which cannot be "
        f"compared. Not measured as the others (evaluator {kept[:12]}):\n{listed}{more}\n"
        f"Measure them again: snakemake --cores all all --configfile {run}.yaml --forcerun "
        f"{' '.join(files[:NAMED])}{' ...' if more else ''}"
    )
