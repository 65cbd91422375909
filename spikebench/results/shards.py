"""How result tables are written, read and merged, as Parquet files."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path
from spikebench.results.columns.field import Table


def write_shard(path: Path, rows: list[dict[str, Any]], table: Table) -> None:
    """Write rows as a Parquet file, atomically; the same rows give the same bytes.

    Raises `BenchError` where a row lacks a column, has another, or a value of the wrong type.
    """
    wrong = {name for row in rows for name in row.keys() ^ set(table.names)}
    if wrong:
        raise BenchError(f"{path}: columns {sorted(wrong)} are missing or unknown.")
    try:
        found = pa.Table.from_pylist(rows, schema=table.schema)
        for row, kept in zip(rows, found.to_pylist(), strict=True):
            changed = {name: value for name, value in row.items() if value != kept[name]}
            if changed:  # Arrow cuts 1.5 down to a whole number without a word
                raise pa.ArrowInvalid(f"{changed}")
        write_table(path, found)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
        raise BenchError(f"{path}: a value does not fit its column: {error}") from error


def write_frame(path: Path, frame: pd.DataFrame, table: Table) -> None:
    """Write a frame with all columns of a table, atomically, in the table's order.

    Raises `BenchError` where a column is missing or unknown, or a value does not fit.
    """
    wrong = set(frame.columns) ^ set(table.names)
    if wrong:
        raise BenchError(f"{path}: columns {sorted(wrong)} are missing or unknown.")
    try:
        found = pa.Table.from_pandas(frame, table.schema, preserve_index=False)
    except (pa.ArrowException, ValueError) as error:
        raise BenchError(f"{path}: a value does not fit its column: {error}") from error
    write_table(path, found.replace_schema_metadata(None))


def write_table(path: Path, table: pa.Table) -> None:
    """Write an Arrow table as Parquet, atomically."""
    with atomic_path(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def read_shard(path: Path, table: Table) -> pa.Table:
    """Read a Parquet file; raise `BenchError` where it is damaged or has other columns."""
    try:
        found = pq.read_table(path)
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise BenchError(f"{path} is damaged: {error}. Delete it and run again.") from error
    if not found.schema.equals(table.schema):
        raise BenchError(f"{path} was written by another version. Delete it and run again.")
    return found


def collect(shards: Iterable[Path], output: Path, table: Table) -> pa.Table:
    """Merge shards into one sorted table, write it and return it; see `merge`."""
    found = merge(shards, output, table)
    write_table(output, found)
    return found


def merge(shards: Iterable[Path], output: Path, table: Table) -> pa.Table:
    """Merge shards into one table sorted by its keys; `output` names it in messages.

    Raises `BenchError` for a damaged shard, for rows that stand in two shards and for rows of
    different evaluators, which must not be compared.
    """
    read = [read_shard(path, table) for path in shards]
    found = pa.concat_tables([table.schema.empty_table(), *read])
    found = found.sort_by([(name, "ascending") for name in table.keys]).combine_chunks()
    _check_unique(found, list(table.keys), output)
    if "evaluator_hash" in table.names:
        _check_one_evaluator(found, output)
    return found


def _check_unique(table: pa.Table, keys: list[str], output: Path) -> None:
    counts = table.group_by(keys).aggregate([([], "count_all")])
    twice = counts.filter(pc.greater(counts["count_all"], 1))
    if twice.num_rows:
        raise BenchError(
            f"{output}: {twice.num_rows} rows stand in two shards, the first is "
            f"{twice.slice(0, 1).to_pylist()[0]}. Delete the results folder and run again."
        )


def _check_one_evaluator(table: pa.Table, output: Path) -> None:
    hashes = pc.unique(table["evaluator_hash"]).to_pylist()
    if len(hashes) > 1:
        cells = table.group_by(["evaluator_hash", "dataset", "backbone", "method"]).aggregate([])
        raise BenchError(
            f"{output}: rows of {len(hashes)} different evaluators; they cannot be compared. "
            f"Run the evaluations of one of them again: {cells.to_pylist()}."
        )
