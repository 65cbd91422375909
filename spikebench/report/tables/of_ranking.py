"""The ranking of a board, as papers print it."""

from typing import Any

from spikebench.analysis.selection import DEFAULT
from spikebench.report.boards.board import Board
from spikebench.report.boards.columns import OF_THE_PRICE, columns
from spikebench.report.boards.columns import Column as PageColumn
from spikebench.report.boards.entries import over_models
from spikebench.report.boards.ranking import Ranked
from spikebench.report.results import Results
from spikebench.report.tables.declared import declared, ranking_model, table_of
from spikebench.report.tables.table import Column, Line, Table
from spikebench.report.text import db, sentence

# Columns of the page that the ranking for papers leaves out
LEFT_OUT = ("family", "rank_in_class", "verdict", "pareto", "summary")


def ranking(board: Board, results: Results) -> Table:
    """Return the references, then the methods as the default selection ranks them."""
    shown = [column for column in columns(results) if column.name not in LEFT_OUT]
    found = board.ranking(DEFAULT)
    competing = sorted(
        (line for line in found if not line.row.reference),
        key=lambda line: (-line.row.quality, line.row.energy),
    )
    lines = [*(line for line in found if line.row.reference), *competing]
    return table_of(
        board,
        [each for column in shown for each in _with_bounds(column)],
        [
            Line([value for column in shown for value in _values(column, line)], bool(line.rank))
            for line in lines
        ],
        f"{sentence(DEFAULT.label)}; {board.counted}, ANN {db(board.ceiling)} dB, "
        f"degraded input {db(board.floor)} dB. Energy: {ranking_model(results)}.",
    )


def _with_bounds(column: PageColumn) -> list[Column]:
    """Return a column of the page, and behind it the bounds of its interval, which CSV has."""
    shown = column.shown
    ends = zip(shown.interval or (), ("from", "to"), strict=False)
    bounds = [
        Column(name, f"{shown.title} {end}", shown.unit, decimals=2, sign=shown.sign, shown=False)
        for name, end in ends
    ]
    return [declared(column.field), *bounds]


def _values(column: PageColumn, line: Ranked) -> list[Any]:
    """Return the values of a column and of its bounds, in full precision."""
    row, name = line.row, column.name
    special = {
        "rank": line.place,
        "method": row.name,
        "spike_class": "" if row.reference else row.spike_class,
        "timesteps": row.timesteps or None,
        "energy_most": over_models(row),
    }
    if name in OF_THE_PRICE:
        return [getattr(row.price, name)]
    value = special[name] if name in special else row.value(name)
    return [value, *(row.value(end) for end in column.shown.interval or ())]
