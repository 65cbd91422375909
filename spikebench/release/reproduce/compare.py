"""Rows of a cell as published and as computed again: where they differ, to the bit."""

import hashlib
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from spikebench.release.reproduce.draw import TableCell
from spikebench.results.columns.field import Table
from spikebench.results.columns.images import IMAGES
from spikebench.results.columns.layers import LAYERS

TABLES: tuple[Table, Table] = (IMAGES, LAYERS)
# Hashes of code and settings, which another evaluator has others of
OF_CODE = ("method_hash", "evaluator_hash", "config_hash")
READ = ("psnr", "synops")  # what people read of a row of images

Rows = dict[tuple[Any, ...], dict[str, Any]]


def compared(table: Table, published: pa.Table, any_evaluator: bool = False) -> list[str]:
    """Return the stable columns that are compared, in the table's order.

    Not a later one that the published table lacks; with `any_evaluator` no hash of code either.
    """
    return [
        field.name
        for field in table.fields
        if field.stable
        and field.name in published.column_names
        and not (any_evaluator and field.name in OF_CODE)
    ]


def difference(
    published: Sequence[pa.Table], computed: Sequence[pa.Table], any_evaluator: bool = False
) -> str:
    """Return the first difference of a cell's images, then of its layers, as words; "" for none.

    Both have a table for each of `TABLES`. Numbers are equal if their bits are; NaN are alike.
    """
    for table, one, other in zip(TABLES, published, computed, strict=True):
        names = compared(table, one, any_evaluator)
        if found := _difference(table, names, _rows(table, one), _rows(table, other)):
            return found
    return ""


def digest(tables: Sequence[pa.Table], any_evaluator: bool = False) -> str:
    """Return the SHA-256 over the compared columns of a cell's images and layers, 64 hex digits."""
    found = hashlib.sha256()
    for table, rows in zip(TABLES, tables, strict=True):
        names = compared(table, rows, any_evaluator)
        for _, row in sorted(_rows(table, rows).items()):
            found.update(repr([(name, row[name]) for name in names]).encode())
    return found.hexdigest()


def _rows(table: Table, rows: pa.Table) -> Rows:
    return {tuple(row[key] for key in table.keys): row for row in rows.to_pylist()}


def _difference(table: Table, names: list[str], one: Rows, other: Rows) -> str:
    if alone := sorted(one.keys() ^ other.keys()):
        who = "published" if alone[0] in one else "computed"
        return (
            f"{table.name}: {len(one)} rows were published and {len(other)} computed; only "
            f"{who}: {_named(table, alone[0])}"
        )
    found = [
        (name, key)
        for name in names
        for key in sorted(one)
        if repr(one[key][name]) != repr(other[key][name])  # every digit that tells two bits apart
    ]
    if not found:
        return ""
    name, key = found[0]
    columns = len({name for name, _ in found})
    more = f"; {len(found)} values of {columns} columns differ" if len(found) > 1 else ""
    return (
        f"{table.name}: {name} is {_shown(other[key][name])}, published "
        f"{_shown(one[key][name])} ({_named(table, key)}){more}{_apart(table, one, other)}"
    )


def _apart(table: Table, one: Rows, other: Rows) -> str:
    """Return how far the numbers of images are apart that people read: is it rounding or more?"""
    if table is not IMAGES:
        return ""
    psnr, synops = ([(one[key][name], other[key][name]) for key in one] for name in READ)
    decibel = max(0.0 if a == b else abs(a - b) for a, b in psnr)  # both may be infinite
    share = max(abs(a - b) / max(a, 1) for a, b in synops)
    return f"; PSNR by at most {decibel:.2g} dB, SynOps by {100 * share:.2g} %"


def _named(table: Table, key: tuple[Any, ...]) -> str:
    """Return what a row's key says besides its cell."""
    besides = zip(table.keys, key, strict=True)
    return ", ".join(f"{name} {value}" for name, value in besides if name not in TableCell._fields)


def _shown(value: Any) -> str:
    return "missing" if value is None else str(value)
