"""What the site shows of each board besides its ranking."""

from dataclasses import replace
from typing import Any

from spikebench.analysis.selection import DEFAULT
from spikebench.report.boards.ablation import ablation
from spikebench.report.boards.board import Board
from spikebench.report.boards.compared import Line as Comparison
from spikebench.report.boards.compared import Paired, compared
from spikebench.report.boards.row import Row
from spikebench.report.results import Results
from spikebench.report.tables.declared import (
    CHEAPER,
    ENERGY,
    GAP,
    METHOD,
    PSNR,
    SPIKES,
    T,
    ranking_model,
    table_of,
)
from spikebench.report.tables.table import Column, Line, Table
from spikebench.report.text import plural, sentence
from spikebench.results.columns.comparisons import TARGETS
from spikebench.results.columns.field import Direction


def paired(board: Board, results: Results) -> Table:
    """Return each method's distance to the ANN, to the best, and along its curve."""
    found = compared(board, results)
    columns = [
        METHOD,
        T,
        *_difference("ann", "To the ANN", "higher"),
        *_difference("best", "To the best"),
        *_delta("bd_psnr_db", "BD-PSNR", "dB", 2),
        *_delta("bd_energy_percent", "BD-energy", "%", 1),
        *(column for target in TARGETS for column in _target(target)),
    ]
    lines = [Line(_compared(line)) for line in found.lines]
    return table_of(
        board,
        columns,
        lines,
        f"Paired over {plural(found.images, 'image')}, 95 % intervals, p after Holm; curves "
        f"against {found.reference}. Energy: {ranking_model(results)}.",
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
    return table_of(board, columns, lines, f"{sentence(DEFAULT.label)} under the first model.")


def parts(board: Board, results: Results) -> Table | None:
    """Return what the parts of a method bring; None where too few variants ran."""
    found = ablation(board, results.methods)
    if found is None:
        return None
    columns = [
        Column("variant", "Variant"),
        T,
        PSNR,
        replace(GAP, interval=True),
        Column("gap_low", "Gap, from", "dB", decimals=2, sign=True, shown=False),
        Column("gap_high", "Gap, to", "dB", decimals=2, sign=True, shown=False),
        ENERGY,
        Column("output_entropy", "Output entropy", "bits", "higher", 2),
    ]
    lines = [
        Line([variant.name, time, row.psnr, *_gap(row), row.energy, row.output_entropy])
        for variant in found.variants
        for time in found.timesteps
        if (row := variant.rows.get(time))
    ]
    return table_of(
        board, columns, lines, f"Parts of {found.method.title}. Energy: {ranking_model(results)}."
    )


def _gap(row: Row) -> list[float]:
    return [row.gap_db, row.gap_low, row.gap_high]


def _difference(key: str, title: str, better: Direction = "") -> list[Column]:
    return [
        Column(f"to_{key}_db", title, "dB", better, 2, sign=True, interval=True),
        Column(f"to_{key}_low", f"{title}, from", "dB", decimals=2, sign=True, shown=False),
        Column(f"to_{key}_high", f"{title}, to", "dB", decimals=2, sign=True, shown=False),
        Column(f"to_{key}_p", "p", decimals=3),
    ]


def _delta(key: str, title: str, unit: str, decimals: int) -> list[Column]:
    """Return a delta and, in CSV, its range. None is the best: each pair has its own range."""
    _, low, high, share, reason = _of_delta(key)
    return [
        Column(key, title, unit, decimals=decimals, sign=True),
        Column(low, f"{title}, from", decimals=4, shown=False),
        Column(high, f"{title}, to", decimals=4, shown=False),
        Column(share, f"{title}, share in common", decimals=2, shown=False),
        Column(reason, f"{title}, why none", shown=False),
    ]


def _of_delta(key: str) -> list[str]:
    stem = key.rsplit("_", 1)[0]
    return [key, *(f"{stem}_{name}" for name in ("from", "to", "share", "reason"))]


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
        *(curve[name] for name in _of_delta("bd_psnr_db")),
        *(curve[name] for name in _of_delta("bd_energy_percent")),
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
