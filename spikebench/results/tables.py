"""The tables of a run: their schemas, how they are written, what identifies them.

Column names are stable; tests/results/test_tables.py guards them. Volatile columns say how a number
came about on one machine and stay out of the table id.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path

TEXT, WHOLE, REAL = pa.string(), pa.int64(), pa.float64()
VOLATILE = ("seconds", "device", "threads", "torch_version", "git_commit", "version")


def _schema(**groups: str) -> pa.Schema:
    """Build a schema from names grouped by type; `nullable` names may also be missing."""
    types = {"text": TEXT, "whole": WHOLE, "real": REAL, "nullable": REAL, "binary": pa.binary()}
    return pa.schema(
        pa.field(name, types[kind], nullable=kind == "nullable")
        for kind, names in groups.items()
        for name in names.split()
    )


# One row for each image at each T; T = 0 marks a reference (`input`, `ann`), which has no steps.
IMAGES = _schema(
    text="task dataset image backbone method family spike_class protocol method_hash "
    "weights_sha256 dataset_sha256 evaluator_hash config_hash git_commit version torch_version "
    "device",
    whole="timesteps latency_steps seed neurons synops macs_cached macs_streaming state_ops "
    "macs_dense macs_effective state_ops_ann threads",
    real="psnr ssim psnr_ann psnr_input spikes_per_neuron seconds",
    nullable="lpips output_entropy",
)
# One row for each synapse at each T, averaged over the images: what the row's network did in
# `passes` passes, and what the ANN does there once (`macs_dense`, `macs_effective`) on which shape.
LAYERS = _schema(
    text="task dataset backbone method layer op input_kind",
    whole="timesteps seed",
    real="neurons events spikes synops macs_cached macs_streaming rate passes macs_dense "
    "macs_effective inputs outputs weights biases kernel channels_in channels_out",
)
# Crops: role is restored, target, input or ann. A cell keeps those of all images, a run those of
# three on each board, `choice` being worst, median or best.
PICTURES = _schema(text="dataset image backbone method role", whole="timesteps seed", binary="webp")
SHOWN_PICTURES = PICTURES.append(pa.field("choice", TEXT, nullable=False))
# One row for each image of a backbone's verification, ANN only.
VERIFIED = _schema(
    text="backbone dataset protocol image weights_sha256 dataset_sha256",
    real="psnr ssim psnr_input ssim_input",
)
# One row for each number known about a backbone; what was not measured here is missing.
TRUST = _schema(
    text="backbone title task dataset protocol kind source note weights_sha256 dataset_sha256",
    whole="images",
    real="stated_psnr",
    nullable="stated_ssim psnr ssim psnr_input",
)
# One row for each method of the run: `options` as the configuration sets them, `settings` with the
# defaults of the others, both JSON; `documentation` is its file's, `bibtex` the entry it cites.
METHODS = _schema(
    text="method name title family citation bibtex anytime summary documentation options settings "
    "source method_hash"
)
RUN = _schema(
    text="run config timesteps base_seed benchmarks datasets backbones refusals failures notes "
    "git_commit version python torch_version platform created"
)

SORTED_BY = ("dataset", "backbone", "method", "seed", "timesteps", "image", "layer", "role")


def write_shard(path: Path, rows: list[dict[str, Any]], schema: pa.Schema) -> None:
    """Write rows as a Parquet file, atomically; the same rows give the same bytes.

    Raises `BenchError` where a row lacks a column, has another, or a value of the wrong type.
    """
    wrong = {name for row in rows for name in row.keys() ^ set(schema.names)}
    if wrong:
        raise BenchError(f"{path}: columns {sorted(wrong)} are missing or unknown.")
    try:
        table = pa.Table.from_pylist(rows, schema=schema)
        for row, kept in zip(rows, table.to_pylist(), strict=True):
            changed = {name: value for name, value in row.items() if value != kept[name]}
            if changed:  # Arrow cuts 1.5 down to a whole number without a word
                raise pa.ArrowInvalid(f"{changed}")
        write_table(path, table)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
        raise BenchError(f"{path}: a value does not fit its column: {error}") from error


def write_table(path: Path, table: pa.Table) -> None:
    """Write a table as Parquet, atomically."""
    with atomic_path(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def read_shard(path: Path, schema: pa.Schema) -> pa.Table:
    """Read a Parquet file; raise `BenchError` where it is damaged or has another schema."""
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise BenchError(f"{path} is damaged: {error}. Delete it and run again.") from error
    if not table.schema.equals(schema):
        raise BenchError(f"{path} was written by another version. Delete it and run again.")
    return table


def collect(shards: Iterable[Path], output: Path, schema: pa.Schema) -> pa.Table:
    """Merge shards into one sorted table, write it and return it; see `merge`."""
    table = merge(shards, output, schema)
    write_table(output, table)
    return table


def merge(shards: Iterable[Path], output: Path, schema: pa.Schema) -> pa.Table:
    """Merge shards into one sorted table; `output` names it in messages.

    Raises `BenchError` for a damaged shard, for rows that stand in two shards and for rows of
    different evaluators, which must not be compared.
    """
    table = pa.concat_tables(read_shard(path, schema) for path in shards)
    keys = [name for name in SORTED_BY if name in schema.names]
    table = table.sort_by([(name, "ascending") for name in keys]).combine_chunks()
    _check_unique(table, keys, output)
    if "evaluator_hash" in schema.names:
        _check_one_evaluator(table, output)
    return table


def table_id(images: pa.Table) -> str:
    """Return 12 hex digits of the SHA-256 over the stable columns of all rows, in sorted order."""
    names = [name for name in IMAGES.names if name not in VOLATILE]
    stable = images.select(names).sort_by([(name, "ascending") for name in names])
    digest = hashlib.sha256()
    for row in stable.to_pylist():
        digest.update(repr(tuple(row.values())).encode())
    return digest.hexdigest()[:12]


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
