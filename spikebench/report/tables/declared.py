"""Declared columns as those of the tables for papers, and what tables of a board share."""

from spikebench.report.boards.board import Board
from spikebench.report.results import Results
from spikebench.report.tables.table import Column, Line, Table
from spikebench.results.columns.energy import PRICES
from spikebench.results.columns.field import Field
from spikebench.results.columns.leaderboard import LEADERBOARD


def declared(field: Field) -> Column:
    """Return a column as it is declared. Raises `ValueError` for one that is not shown."""
    shown = field.shown
    if shown is None:
        raise ValueError(f"column {field.name} is declared without `shown`")
    key = shown.in_tables or field.name
    return Column(key, shown.title, shown.unit, shown.better, shown.decimals, shown.sign)


METHOD, T, PSNR, GAP, SPIKES = (
    declared(LEADERBOARD.field(name))
    for name in ("method", "timesteps", "psnr", "gap_db", "spikes_per_neuron")
)
ENERGY, CHEAPER = declared(PRICES.field("ratio")), declared(PRICES.field("verdict"))


def table_of(board: Board, columns: list[Column], lines: list[Line], caption: str) -> Table:
    """Return a table of one board, which its keys name."""
    keys = {"task": board.task, "dataset": board.dataset, "backbone": board.backbone}
    return Table(board.title, columns, lines, caption, board.protocol, keys)


def ranking_model(results: Results) -> str:
    """Return the title of the energy model that ranks."""
    return next(iter(results.titles.values()))
