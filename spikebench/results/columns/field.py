"""What a column of a result table is: type, meaning, source, and how it is shown.

A table is a tuple of fields. Its Parquet schema, the aggregation of the leaderboard, the columns of
the page and of the tables for papers, the dictionary of columns and docs/columns.md follow from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import pyarrow as pa

Kind = Literal["text", "whole", "real", "flag", "binary"]
Direction = Literal["higher", "lower", ""]
# What becomes of a column of the images when the leaderboard takes all images of a method at one T
# together: it is the same in all of them (key), or its mean, maximum or richest kind of spikes is
# kept; "" leaves it out. A finite mean is over the images of `results.finite`, which the whole
# board shares, and missing where there is none.
OverImages = Literal["key", "mean", "finite mean", "max", "richest", ""]

ARROW: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "whole": pa.int64(),
    "real": pa.float64(),
    "flag": pa.bool_(),
    "binary": pa.binary(),
}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """How the page and the tables for papers show a column.

    `place` orders the columns from left to right. `key` names the column in the page's address,
    `in_tables` in the CSV of the tables for papers (the field's own name if empty). With `decimals`
    it is a number, without it a text; `interval` names the two columns of its bounds. `blank` marks
    what a reference that runs no step has not, such as spikes.
    """

    place: int
    key: str
    title: str
    unit: str = ""
    better: Direction = ""
    decimals: int | None = None
    sign: bool = False
    by_default: bool = True
    on_phone: bool = False
    interval: tuple[str, str] | None = None
    in_tables: str = ""
    blank: bool = False


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column. `meaning` is a sentence, `source` the stage and the measurement behind it.

    A volatile column (`stable` is false) says how a number came about on one machine and stays out
    of the table id. One that is `later` was declared when runs had been published without it: there
    it is missing.
    """

    name: str
    kind: Kind
    meaning: str
    source: str
    unit: str = ""
    stable: bool = True
    nullable: bool = False
    later: bool = False
    over_images: OverImages = ""
    shown: Shown | None = None

    @property
    def arrow(self) -> pa.Field:
        """The column of the Parquet schema, which has the dictionary's words in it."""
        words = {"meaning": self.meaning, "unit": self.unit, "from": self.source}
        return pa.field(self.name, ARROW[self.kind], nullable=self.nullable, metadata=words)

    def averaged(self) -> "Field":
        """Return the leaderboard's column of this column of the images."""
        words = {
            "mean": "Mean over the images",
            "finite mean": "Mean over the images that are not left out",
            "max": "Largest over the images",
        }
        opening = words.get(self.over_images)
        finite = self.over_images == "finite mean"
        return replace(
            self,
            kind="real" if finite or self.over_images == "mean" else self.kind,
            meaning=f"{opening}. {self.meaning}" if opening else self.meaning,
            nullable=self.nullable or finite,
            over_images="",
        )


@dataclass(frozen=True)
class Table:
    """A table of a run: its file's name, what one row is, its columns, what it is sorted by."""

    name: str
    rows: str
    fields: tuple[Field, ...]
    keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        twice = {name for name in self.names if self.names.count(name) > 1}
        unknown = set(self.keys) - set(self.names)
        if twice or unknown:
            raise ValueError(f"{self.name}: columns {sorted(twice | unknown)} twice or unknown")

    @cached_property
    def schema(self) -> pa.Schema:
        """The schema of the Parquet file."""
        return pa.schema([field.arrow for field in self.fields])

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order."""
        return [field.name for field in self.fields]

    def field(self, name: str) -> Field:
        """Return a column by its name. Raises `KeyError` where there is none."""
        return {field.name: field for field in self.fields}[name]


def columns_of(fields: Sequence[Field], **wanted: object) -> list[Field]:
    """Return the fields whose attributes have the values wanted."""
    return [
        field
        for field in fields
        if all(getattr(field, name) == value for name, value in wanted.items())
    ]
