"""What stands in an entry of the leaderboard, and what it is sorted by.

This is the one place that says so: the page as it comes, what its script shows in other views, and
what a reader copies are made of these texts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from spikebench.report.boards.columns import OF_THE_PRICE, OF_THE_RANKING, Column
from spikebench.report.boards.ranking import Ranked
from spikebench.report.boards.row import Price, Row
from spikebench.report.text import NOT_PRICED, number
from spikebench.spike_kinds import SpikeKind

FRONT = "●"  # not beaten by any row
AMONG_SPIKES = f"({FRONT})"  # beaten by a reference alone, such as a quantised ANN
REVERSES = "↑"  # some models put the row above the ANN, others below


@dataclass(frozen=True)
class Entry:
    """The text of an entry, and its interval in smaller type."""

    text: str
    interval: str = ""


def entry(column: Column, line: Ranked, notes: str = "") -> Entry:
    """Return what a line says in a column, priced by the model that ranks."""
    if column.name in OF_THE_RANKING:
        return Entry(line.place if column.name == "rank" else str(line.in_class or ""))
    if column.name in OF_THE_PRICE:
        return Entry(of_price(column, line.row, line.row.price))
    return Entry(notes) if column.name == "summary" else of_row(column, line.row)


def of_row(column: Column, row: Row) -> Entry:
    """Return what a row says in a column that depends on neither selection nor energy model."""
    if column.shown.blank and row.still:
        return Entry("")
    if column.name in TEXTS:
        return Entry(TEXTS[column.name](row))
    value = row.value(column.name)
    return Entry(_text(column, value), _interval(column, row))


def of_price(column: Column, row: Row, price: Price) -> str:
    """Return what a row says in a column that depends on the energy model."""
    if column.shown.blank and row.still:
        return ""
    if column.name == "pareto":
        return _front(price)
    if not price.known:
        return NOT_PRICED
    if column.name == "verdict":
        return price.cheaper_than
    return _text(column, getattr(price, column.name))


def order_of_rows(column: Column, rows: Sequence[Row]) -> list[int | None]:
    """Return the place of each row when sorted by a column, smallest first; None for no value."""
    if column.name == "rank":  # a reference stands where its PSNR puts it
        return places([-row.psnr for row in rows])
    if column.name == "spike_class":
        return places([int(SpikeKind.of(row.spike_class)) for row in rows])
    return places([row.value(column.name) for row in rows])


def order_of_prices(column: Column, prices: Sequence[Price]) -> list[int | None]:
    """Return the place of each row when sorted by a column of its price."""
    if column.name == "verdict":
        return places([price.cheaper_than for price in prices])
    if column.name == "pareto":
        return places([2 - price.front - 2 * price.outer for price in prices])
    return places([getattr(price, column.name) for price in prices])


def places(values: Sequence[Any]) -> list[int | None]:
    """Return the place of each value among the distinct ones, 0 for the smallest; None for NaN."""
    known = {value for value in values if value == value}
    place = {value: place for place, value in enumerate(sorted(known))}
    return [place.get(value) if value == value else None for value in values]


def steps(row: Row) -> str:
    """Return T, and in brackets the steps beyond it; nothing for a reference without steps."""
    if not row.timesteps:
        return ""
    beyond = row.latency_steps - row.timesteps
    return f"{row.timesteps} (+{beyond})" if beyond > 0 else str(row.timesteps)


def kind(row: Row) -> str:
    """Return the kind of a row's spikes, with a star where a spike has digits."""
    if not SpikeKind.of(row.spike_class):
        return ""
    return row.spike_class + ("*" if row.sends_digits else "")


def over_models(row: Row) -> str:
    """Return the least and the largest energy over the models, and whether they disagree."""
    if not any(price.known for price in row.prices.values()):
        return NOT_PRICED
    least, most = (number(end, 2) for end in row.extremes)
    if least == most:
        return least
    return f"{least} to {most}{f' {REVERSES}' if row.reverses else ''}"


TEXTS: dict[str, Callable[[Row], str]] = {
    "method": lambda row: row.name,
    "timesteps": steps,
    "spike_class": kind,
    "energy_most": over_models,
    "images": lambda row: str(row.images - row.value("images_left_out")),
    "boards_run": lambda row: f"{row.value('boards_run')} of {row.value('boards')}",
}


def _front(price: Price) -> str:
    return FRONT if price.outer else AMONG_SPIKES if price.front else ""


def _text(column: Column, value: Any) -> str:
    if column.shown.decimals is None:
        return str(value)
    return number(value, column.shown.decimals, sign=column.shown.sign)


def _interval(column: Column, row: Row) -> str:
    """Return both ends as they are shown; nothing where they are shown as the same number."""
    if column.shown.interval is None:
        return ""
    ends = [_text(column, row.value(name)) for name in column.shown.interval]
    return "" if ends[0] == ends[1] else f"[{', '.join(ends)}]"
