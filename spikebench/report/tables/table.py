"""A table before it has a format: columns that know their unit and direction, rows of values."""

from dataclasses import dataclass, field
from typing import Any

from spikebench.report.text import ARROWS, number
from spikebench.results.columns.field import Direction


@dataclass(frozen=True)
class Column:
    """One column: `key` heads it in CSV, `title`, `unit` and the arrow elsewhere.

    With `decimals` its values are numbers and shown rounded; without, they are shown as they are.
    A column that is not `shown` stands in CSV alone. The two columns behind an `interval` are its
    bounds, which are shown in its entries. `prose` is text that has to be wrapped.
    """

    key: str
    title: str
    unit: str = ""
    better: Direction = ""
    decimals: int | None = None
    sign: bool = False
    shown: bool = True
    interval: bool = False
    prose: bool = False

    @property
    def heading(self) -> str:
        """The title with its unit and the direction that is better, such as "PSNR (dB) ↑"."""
        unit = f"({self.unit})" if self.unit else ""
        return " ".join(filter(None, [self.title, unit, ARROWS[self.better]]))

    @property
    def numeric(self) -> bool:
        return self.decimals is not None

    def text(self, value: Any) -> str:
        """Return a value as it is shown: a dash for a missing number, nothing for missing text."""
        if self.decimals is not None:
            return number(value, self.decimals, sign=self.sign)
        return "" if value is None else str(value)


@dataclass(frozen=True)
class Line:
    """One row, a value for each column; references take no part in best and second."""

    values: list[Any]
    competes: bool = True


@dataclass(frozen=True)
class Table:
    """One table. `keys` say which of several of a kind it is, such as its data set; CSV has them.

    `protocol` names how its quality was measured ("" where it holds none).
    """

    title: str
    columns: list[Column]
    lines: list[Line]
    caption: str = ""
    protocol: str = ""
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> list[Column]:
        return [column for column in self.columns if column.shown]

    def entries(self) -> list[list["Entry"]]:
        """Return what is shown, line by line."""
        best = marks(self)
        return [
            [
                self._entry(line, place, best.get(column.key) if line.competes else None)
                for place, column in enumerate(self.columns)
                if column.shown
            ]
            for line in self.lines
        ]

    def _entry(self, line: Line, place: int, best: tuple[str, str] | None) -> "Entry":
        column, value = self.columns[place], line.values[place]
        text = column.text(value)
        mark = MARKS[best.index(text)] if best and text in best else ""
        if column.interval and value is not None:
            low, high = map(column.text, line.values[place + 1 : place + 3])
            text = f"{text} [{low}, {high}]"
        return Entry(text, mark)


MARKS = ("best", "second")


@dataclass(frozen=True)
class Entry:
    """The text of an entry, and whether it is the `best` or the `second` of its column."""

    text: str
    mark: str = ""


def marks(table: Table) -> dict[str, tuple[str, str]]:
    """Return the best and the second text of each column that has a direction, by its key.

    They are taken from the texts, so that what looks equal is marked alike. A column where fewer
    than two rows compete, or all are equal, marks nothing.
    """
    found = {}
    for place, column in enumerate(table.columns):
        if not column.better or not column.shown:
            continue
        values = [line.values[place] for line in table.lines if line.competes]
        known = [value for value in values if value is not None and value == value]
        ordered = sorted(known, reverse=column.better == "higher")
        texts = list(dict.fromkeys(map(column.text, ordered)))
        if len(texts) > 1:
            found[column.key] = (texts[0], texts[1])
    return found
