"""Where two texts of a table, or two frames, differ, in words."""

import csv
import io
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import numpy as np
import pandas as pd

from spikebench.results.frames import named

KEYS = (
    "dataset",
    "backbone",
    "scope",
    "energy_model",
    "rule",
    "against",
    "method",
    "timesteps",
    "T",
)
NAMED = 3  # differences that are named at most
CLOSE = 1e-9  # relative; what another processor may round otherwise


def in_csv(found: str, expected: str) -> list[str]:
    """Return the fields in which a CSV text is not the expected one, by line and column."""
    rows, wanted = (list(csv.reader(io.StringIO(text))) for text in (found, expected))
    return _some(_fields(rows, wanted))


def in_lines(found: str, expected: str) -> list[str]:
    """Return the lines in which a text is not the expected one."""
    pairs = zip_longest(found.splitlines(), expected.splitlines(), fillvalue="")
    return _some(
        f"line {place}: {_around(line, wanted)}"
        for place, (line, wanted) in enumerate(pairs, 1)
        if line != wanted
    )


def in_frames(found: pd.DataFrame, expected: pd.DataFrame) -> list[str]:
    """Return the values in which a frame is not the expected one, by key and column."""
    if found.shape != expected.shape or list(found) != list(expected):
        return [f"{found.shape[0]} rows, of which {expected.shape[0]} follow from the counts"]
    return _some(
        f"{column} is {found[column].iloc[row]}, which should be {expected[column].iloc[row]} "
        f"({_key(named(expected.iloc[row]))})"
        for column in expected
        for row in np.flatnonzero(~_same(found[column], expected[column]))
    )


def _same(found: pd.Series, expected: pd.Series) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(expected) or pd.api.types.is_numeric_dtype(found):
        one, other = (series.astype(float).to_numpy() for series in (found, expected))
        return np.isclose(one, other, rtol=CLOSE, atol=0, equal_nan=True)
    return (found.astype(str) == expected.astype(str)).to_numpy()


def _fields(rows: list[list[str]], wanted: list[list[str]]) -> Iterator[str]:
    heads = wanted[0] if wanted else []
    nothing: list[str] = []
    for line, (row, right) in enumerate(zip_longest(rows, wanted, fillvalue=nothing), 1):
        for place, (field, value) in enumerate(zip_longest(row, right, fillvalue="nothing")):
            if field != value:
                column = heads[place] if place < len(heads) else f"column {place + 1}"
                key = _key(dict(zip(heads, right, strict=False)))
                yield f"line {line}, {column} is {field!r}, which should be {value!r} ({key})"


def _around(line: str, wanted: str) -> str:
    """Return what stands in place of what, with little around the first difference."""
    pairs = enumerate(zip_longest(line, wanted))
    start = max(0, next(place for place, (one, other) in pairs if one != other) - 20)
    return f"{line[start : start + 40]!r}, which should be {wanted[start : start + 40]!r}"


def _key(row: dict[str, Any]) -> str:
    return ", ".join(f"{name} {row[name]}" for name in KEYS if name in row)


def _some(found: Iterator[str]) -> list[str]:
    every = list(found)
    more = [f"and {len(every) - NAMED} more"] if len(every) > NAMED else []
    return every[:NAMED] + more
