"""The tables that the site shows of each board."""

from typing import Any

from spikebench.analysis.selection import DEFAULT
from spikebench.report.boards.ablation import ablation
from spikebench.report.boards.board import Board
from spikebench.report.boards.columns import Column as PageColumn
from spikebench.report.boards.columns import columns
from spikebench.report.boards.compared import Line as Comparison
from spikebench.report.boards.compared import Paired, compared
from spikebench.report.boards.ranking import Ranked
from spikebench.report.boards.row import Row
from spikebench.report.results import Results
from spikebench.report.tables.table import Column, Line, Table
from spikebench.report.text import db, plural, sentence
from spikebench.results.columns.comparisons import TARGETS
from spikebench.results.columns.energy import PRICES
from spikebench.results.columns.field import Direction
from spikebench.results.columns.field import Table as DeclaredTable
from spikebench.results.columns.leaderboard import LEADERBOARD


def _declared(table: DeclaredTable, name: str) -> Column:
    """Return a column as `results/columns/` declares it."""
    shown = table.field(name).shown
    if shown is None:
        raise ValueError(f"{table.name}.{name} is declared as not shown")
    return Column(
        shown.in_tables or name, shown.title, shown.unit, shown.better, shown.decimals, shown.sign
    )


METHOD, T = _declared(LEADERBOARD, "method"), _declared(LEADERBOARD, "timesteps")
PSNR, GAP = _declared(LEADERBOARD, "psnr"), _declared(LEADERBOARD, "gap_db")
ENERGY, CHEAPER = _declared(PRICES, "ratio"), _declared(PRICES, "verdict")
SPIKES = _declared(LEADERBOARD, "spikes_per_neuron")
# Columns of the page that the ranking for papers leaves out
UNRANKED = ("family", "rank_in_class", "verdict", "pareto", "summary")


def ranking(board: Board, results: Results) -> Table:
    """Return the references, then the methods as the default selection ranks them."""
    shown = [column for column in columns(results) if column.name not in UNRANKED]
    found = board.ranking(DEFAULT)
    competing = sorted(
        (line for line in found if line.rank),
        key=lambda line: (-line.row.quality, line.row.energy),
    )
    lines = [*(line for line in found if line.row.reference), *competing]
    return _table(
        board,
        [each for column in shown for each in _with_bounds(column)],
        [
            Line(
                [value for column in shown for value in _values(column, line)],
                competes=not line.row.reference,
            )
            for line in lines
        ],
        f"{sentence(DEFAULT.label)}; {plural(board.images, 'image')}, ANN {db(board.ceiling)} dB, "
        f"degraded input {db(board.floor)} dB. Energy: {_model(results)}.",
    )


def _with_bounds(column: PageColumn) -> list[Column]:
    """Return a column of the page, and behind it the bounds of its interval, which CSV has."""
    shown = column.shown
    own = Column(
        shown.in_tables or column.name,
        shown.title,
        shown.unit,
        shown.better,
        shown.decimals,
        shown.sign,
    )
    ends = zip(shown.interval or (), ("from", "to"), strict=False)
    bounds = [
        Column(name, f"{shown.title} {end}", shown.unit, decimals=2, sign=shown.sign, shown=False)
        for name, end in ends
    ]
    return [own, *bounds]


def _values(column: PageColumn, line: Ranked) -> list[Any]:
    """Return the values of a column and of its bounds, in full precision."""
    row, name = line.row, column.name
    special = {
        "rank": line.rank or None,
        "method": row.name,
        "spike_class": "" if row.reference else row.spike_class,
        "timesteps": row.timesteps or None,
        "ratio": row.energy,
    }
    value = special[name] if name in special else row.value(name)
    return [value, *(row.value(end) for end in column.shown.interval or ())]


def paired(board: Board, results: Results) -> Table:
    """Return each method's distance to the ANN, to the best, and along its curve."""
    found = compared(board, results)
    columns = [
        METHOD,
        T,
        *_difference("ann", "To the ANN", "higher"),
        *_difference("best", "To the best"),
        Column("bd_psnr_db", "BD-PSNR", "dB", "higher", 2, sign=True),
        Column("bd_energy_percent", "BD-energy", "%", "lower", 1, sign=True),
        *(column for target in TARGETS for column in _target(target)),
    ]
    lines = [Line(_compared(line)) for line in found.lines]
    return _table(
        board,
        columns,
        lines,
        f"Paired over {plural(found.images, 'image')}, 95 % intervals, p after Holm; curves "
        f"against {found.reference}. Energy: {_model(results)}.",
    )


def prices(board: Board, results: Results) -> Table:
    """Return what each ranked row costs under each energy model."""
    columns = [
        Column("energy_model", "Energy model"),
        METHOD,
        T,
        ENERGY,
        Column("energy_ratio_sparse", "Energy", "sparse ANN = 1", "lower", 2),
        Column("energy_ratio_quantised", "Energy", "quantised ANN = 1", "lower", 2),
        SPIKES,
        Column("break_even_ann", "Break-even with ANN", "spikes/neuron", decimals=2),
        Column("break_even_quantised", "With quantised ANN", "spikes/neuron", decimals=2),
        CHEAPER,
    ]
    lines = [
        Line([title, row.name, row.timesteps, *_priced(row, model)], competes=False)
        for model, title in results.titles.items()
        for row in board.shown(DEFAULT)
    ]
    return _table(board, columns, lines, f"{sentence(DEFAULT.label)} under the first model.")


def parts(board: Board, results: Results) -> Table | None:
    """Return what the parts of a method bring; None where too few variants ran."""
    found = ablation(board, results.methods)
    if found is None:
        return None
    columns = [
        Column("variant", "Variant"),
        T,
        PSNR,
        GAP,
        ENERGY,
        Column("output_entropy", "Output entropy", "bits", "higher", 2),
    ]
    lines = [
        Line([variant.name, time, row.psnr, row.gap_db, row.energy, row.output_entropy])
        for variant in found.variants
        for time in found.timesteps
        if (row := variant.rows.get(time))
    ]
    return _table(
        board, columns, lines, f"Parts of {found.method.title}. Energy: {_model(results)}."
    )


def _table(board: Board, columns: list[Column], lines: list[Line], caption: str) -> Table:
    keys = {"task": board.task, "dataset": board.dataset, "backbone": board.backbone}
    return Table(board.title, columns, lines, caption, board.protocol, keys)


def _model(results: Results) -> str:
    """Return the title of the model that ranks."""
    return next(iter(results.titles.values()))


def _difference(key: str, title: str, better: Direction = "") -> list[Column]:
    return [
        Column(f"to_{key}_db", title, "dB", better, 2, sign=True, interval=True),
        Column(f"to_{key}_low", f"{title}, from", "dB", decimals=2, sign=True, shown=False),
        Column(f"to_{key}_high", f"{title}, to", "dB", decimals=2, sign=True, shown=False),
        Column(f"to_{key}_p", "p", decimals=3),
    ]


def _target(target: float) -> list[Column]:
    key = str(target).replace(".", "_")
    return [
        Column(f"energy_to_{key}_db", f"Energy to {target} dB", "ANN = 1", "lower", 2),
        Column(f"t_to_{key}_db", "at T", decimals=0),
    ]


def _compared(line: Comparison) -> list[Any]:
    curve = line.curve
    return [
        line.name,
        line.timesteps,
        *_paired(line.gap),
        *_paired(line.lead),
        curve["bd_psnr_db"],
        curve["bd_energy_percent"],
        *(value for target in line.targets for value in target),
    ]


def _paired(found: Paired | None) -> list[float | None]:
    return [None] * 4 if found is None else [found.mean, found.low, found.high, found.p]


def _priced(row: Row, model: str) -> list[Any]:
    price = row.prices[model]
    return [
        price.ratio,
        price.effective_ratio,
        price.twin_ratio,
        row.spikes_per_neuron,
        price.break_even_ann,
        price.break_even_twin,
        price.cheaper_than,
    ]
