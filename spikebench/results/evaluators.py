"""Evaluators whose rows may stand in one table: those that were shown to give the same numbers.

The hash of an evaluator changes with any edit of its sources, a number seldom does. That none does
is shown by random cells of a table that the other evaluator computes again, to the bit
(`spikebench reproduce --any-evaluator --report FILE.json`).
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa

from spikebench.results.columns.evaluators import EVALUATORS
from spikebench.results.shards import read_shard

ENOUGH = 30  # cells, spread evenly over the pairs of a data set and a network


def read_equals(folder: Path) -> pa.Table:
    """Return which evaluators of results/<run> were shown to be equal: `EVALUATORS`, or no row."""
    file = folder / f"{EVALUATORS.name}.parquet"
    return read_shard(file, EVALUATORS) if file.is_file() else EVALUATORS.schema.empty_table()


def are_equal(hashes: Iterable[str], equals: Sequence[tuple[str, str]]) -> bool:
    """Tell whether evaluators are one, or were shown to be equal, one after another."""
    wanted = set(hashes)
    reached = {min(wanted)} if wanted else set()
    while more := {hash_ for pair in equals if reached & {*pair} for hash_ in pair} - reached:
        reached |= more
    return wanted <= reached


def pairs(equals: pa.Table) -> list[tuple[str, str]]:
    """Return the pairs of hashes of a table of `EVALUATORS`."""
    return list(zip(equals["one"].to_pylist(), equals["other"].to_pylist(), strict=True))
