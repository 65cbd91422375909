"""The leaderboard's columns, and what a row says in each before any script runs.

assets/index/columns.js says the same of a row in another view; a test in a browser compares them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from spikebench.analysis.selection import DEFAULT
from spikebench.report.boards.row import Row
from spikebench.report.text import db, number


@dataclass(frozen=True)
class Column:
    """A column: its key in the address, its head, and whether it shows unasked.

    `arrow` points to what is better. A `phone` column shows on small screens too; `text` columns
    are set to the left.
    """

    key: str
    title: str
    unit: str = ""
    arrow: str = ""
    shown: bool = True
    phone: bool = False
    text: bool = False


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, and its interval in smaller type."""

    text: str
    interval: str = ""


COLUMNS = [
    Column("rank", "Rank", phone=True),
    Column("method", "Method", phone=True, text=True),
    Column("family", "Family", shown=False, text=True),
    Column("kind", "Spikes", text=True),
    Column("inclass", "Rank in kind", shown=False),
    Column("t", "T", phone=True),
    Column("psnr", "PSNR", "dB", "↑", phone=True),
    Column("gap", "Gap to ANN", "dB", "↑"),
    Column("ssim", "SSIM", "", "↑"),
    Column("lpips", "LPIPS", "", "↓"),
    Column("spikes", "Spikes per neuron", "", "↓"),
    Column("energy", "Energy", "ANN = 1", "↓", phone=True),
    Column("cheaper", "Cheaper than", shown=False, text=True),
    Column("front", "Front", text=True),
    Column("notes", "Notes", shown=False, text=True),
]


def columns(*, lpips: bool) -> list[Column]:
    """Return the columns of a run; `lpips` says whether it was measured."""
    return [column for column in COLUMNS if lpips or column.key != "lpips"]


def cells(row: Row, shown: list[Column]) -> list[tuple[Column, Cell]]:
    """Return what a row says in each of the columns under the default selection."""
    return [(column, _CELLS[column.key](row)) for column in shown if column.shown]


def steps(row: Row) -> str:
    """Return T, and in brackets the steps beyond it; nothing for a reference without steps."""
    if not row.timesteps:
        return ""
    beyond = row.latency_steps - row.timesteps
    return f"{row.timesteps} (+{beyond})" if beyond > 0 else str(row.timesteps)


def _measured(row: Row, value: str) -> str:
    """A yardstick sends no spikes: nothing, where a method without a number has a dash."""
    return "" if row.reference and not row.timesteps else value


def _interval(low: float, high: float, *, sign: bool = False) -> str:
    """Return both ends as they are shown; nothing where they are shown as the same number."""
    ends = [db(end, sign=sign) for end in (low, high)]
    return "" if ends[0] == ends[1] else f"[{', '.join(ends)}]"


_CELLS: dict[str, Callable[[Row], Cell]] = {
    "rank": lambda row: Cell(str(row.ranks.get(DEFAULT.key) or "")),
    "method": lambda row: Cell(row.name),
    "kind": lambda row: Cell(
        _measured(row, row.spike_class + ("*" if row.sends_digits else "")).replace("none", "")
    ),
    "t": lambda row: Cell(steps(row)),
    "psnr": lambda row: Cell(db(row.psnr), _interval(row.psnr_low, row.psnr_high)),
    "gap": lambda row: Cell(
        db(row.gap_db, sign=True), _interval(row.gap_low, row.gap_high, sign=True)
    ),
    "ssim": lambda row: Cell(number(row.ssim, 4)),
    "lpips": lambda row: Cell(number(row.lpips, 4)),
    "spikes": lambda row: Cell(_measured(row, number(row.spikes_per_neuron, 2))),
    "energy": lambda row: Cell(number(row.energy, 2)),
    "front": lambda row: Cell("●" if row.pareto else ""),
}
