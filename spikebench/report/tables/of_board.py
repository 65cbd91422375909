"""The tables that the site shows of each board."""

from spikebench.analysis.selection import DEFAULT
from spikebench.report.boards.ablation import ablation
from spikebench.report.boards.board import Board
from spikebench.report.boards.compared import Line as Comparison
from spikebench.report.boards.compared import Paired, compared
from spikebench.report.boards.row import Row
from spikebench.report.results import Results
from spikebench.report.tables.table import Column, Direction, Line, Table
from spikebench.report.text import db, plural, sentence
from spikebench.results.columns.comparisons import TARGETS

METHOD, T = Column("method", "Method"), Column("timesteps", "T", decimals=0)
PSNR = Column("psnr_db", "PSNR", "dB", "higher", 2)
ENERGY = Column("energy_ratio", "Energy", "ANN = 1", "lower", 2)
SPIKES = Column("spikes_per_neuron", "Spikes/neuron", better="lower", decimals=2)


def ranking(board: Board, results: Results) -> Table:
    """Return the references, then the methods as the default selection ranks them."""
    columns = [
        Column("rank", "Rank", decimals=0),
        METHOD,
        Column("spike_class", "Spikes"),
        T,
        PSNR,
        Column("psnr_low", "PSNR from", "dB", decimals=2, shown=False),
        Column("psnr_high", "PSNR to", "dB", decimals=2, shown=False),
        Column("gap_db", "Gap", "dB", "higher", 2, sign=True),
        Column("ssim", "SSIM", better="higher", decimals=4),
        *_lpips(results),
        SPIKES,
        ENERGY,
    ]
    references = [row for row in board.rows if row.reference and DEFAULT.key in row.ranks]
    lines = [_ranked(row, columns) for row in [*references, *board.shown(DEFAULT)]]
    return _table(
        board,
        columns,
        lines,
        f"{sentence(DEFAULT.label)}; {plural(board.images, 'image')}, ANN {db(board.ceiling)} dB, "
        f"degraded input {db(board.floor)} dB. Energy: {_model(results)}.",
    )


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
        Column("cheaper_than", "Cheaper than"),
    ]
    lines = [
        Line([title, row.name, row.timesteps, *_priced(row, model)], competes=False)
        for model, title in results.titles.items()
        for row in board.shown(DEFAULT)
    ]
    return _table(board, columns, lines, f"{sentence(DEFAULT.label)} under the first model.")


def parts(board: Board, results: Results) -> Table | None:
    """Return the ablation of SpikingIR; None where too few variants ran."""
    found = ablation(board, results.methods)
    if found is None:
        return None
    columns = [
        Column("variant", "Variant"),
        T,
        PSNR,
        Column("gap_db", "Gap", "dB", "higher", 2, sign=True),
        ENERGY,
        Column("output_entropy", "Output entropy", "bits", "higher", 2),
    ]
    lines = [
        Line([variant.name, time, row.psnr, row.gap_db, row.energy, row.output_entropy])
        for variant in found.variants
        for time in found.timesteps
        if (row := variant.rows.get(time))
    ]
    return _table(board, columns, lines, f"Parts of SpikingIR. Energy: {_model(results)}.")


def _table(board: Board, columns: list[Column], lines: list[Line], caption: str) -> Table:
    keys = {"task": board.task, "dataset": board.dataset, "backbone": board.backbone}
    return Table(board.title, columns, lines, caption, board.protocol, keys)


def _model(results: Results) -> str:
    """Return the title of the model that ranks."""
    return next(iter(results.titles.values()))


def _lpips(results: Results) -> list[Column]:
    measured = results.images["lpips"].notna().any()
    return [Column("lpips", "LPIPS", better="lower", decimals=4)] if measured else []


def _ranked(row: Row, columns: list[Column]) -> Line:
    values = {
        "rank": None if row.reference else row.ranks[DEFAULT.key],
        "method": row.name,
        "spike_class": "" if row.reference else row.spike_class,
        "timesteps": row.timesteps or None,
        "psnr_db": row.psnr,
        "energy_ratio": row.energy,
    }
    return Line([values.get(c.key, getattr(row, c.key, None)) for c in columns], not row.reference)


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


def _compared(line: Comparison) -> list:
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


def _priced(row: Row, model: str) -> list:
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
