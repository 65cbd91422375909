"""Tables as CSV: pure CSV (RFC 4180, UTF-8), values as they are, the stamp in the first columns."""

import csv
import io
from typing import Any

import pandas as pd

from spikebench.report.tables.stamp import Stamp
from spikebench.report.tables.table import Table

# What a spreadsheet takes for a formula when a field begins with it (OWASP, CSV injection)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(tables: list[Table], stamp: Stamp) -> str:
    """Return tables with the same columns as one CSV text, full precision, nothing rounded."""
    lines = [
        _head(table, stamp) | _body(table, line.values) for table in tables for line in table.lines
    ]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, _columns(tables, stamp), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: plain(value) for key, value in line.items()} for line in lines)
    return buffer.getvalue()


def rows_as_csv(rows: list[dict[str, str]]) -> str:
    """Return rows of the same names as CSV text, without a stamp: they are of no run."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: plain(value) for key, value in row.items()} for row in rows)
    return buffer.getvalue()


def frame_as_csv(frame: pd.DataFrame, stamp: Stamp, place: tuple[str, ...] = ()) -> str:
    """Return every row and column of a frame as CSV text behind the stamp.

    `place` names the columns that say of which board, or of which row of it, a line is.
    """
    of_frame = stamp.columns("") | {
        "protocol": frame.get("protocol", ""),
        "commit": [plain(stamp.commit_of(*keys)) for keys in frame[list(place)].to_numpy()],
    }
    stamped = frame.drop(columns="protocol", errors="ignore").map(_text)
    for position, (name, value) in enumerate(of_frame.items()):
        stamped.insert(position, name, plain(value))
    return stamped.to_csv(index=False, lineterminator="\n")


def plain(value: Any) -> Any:
    """Return a value as a field of CSV: text that a spreadsheet would compute gets an apostrophe.

    A missing number is an empty field, an infinite one `inf`.
    """
    if isinstance(value, float) and value != value:
        return ""
    return _text(value)


def _text(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _columns(tables: list[Table], stamp: Stamp) -> list[str]:
    names = [[*_head(table, stamp), *(column.key for column in table.columns)] for table in tables]
    return list(dict.fromkeys(name for columns in names for name in columns))


def _head(table: Table, stamp: Stamp) -> dict[str, Any]:
    board = [table.keys[name] for name in ("dataset", "backbone") if name in table.keys]
    return stamp.columns(table.protocol, *board) | table.keys


def _body(table: Table, values: list[Any]) -> dict[str, Any]:
    return dict(zip((column.key for column in table.columns), values, strict=True))
