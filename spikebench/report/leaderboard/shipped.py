"""What the page's script is given: the numbers of every board, as small as JSON allows.

A board's rows stand in columns, `null` for a missing number and "Infinity" for an endless one.
PSNR keeps six decimals, so that a rounded number is the same here and in the files of tables/.
"""

import math
from typing import Any

from spikebench.report import links
from spikebench.report.boards.board import Board, whole_set
from spikebench.report.boards.row import RIVALS, Row
from spikebench.report.leaderboard.cite import bibtex
from spikebench.report.results import Results
from spikebench.report.tables.as_latex import LATIN, SPECIAL

KINDS = ["none", "binary", "signed", "burst", "graded", "analogue"]
DECIMALS = {  # of each number, as shipped
    "psnr": 6,
    "psnr_low": 2,
    "psnr_high": 2,
    "gap_db": 2,
    "gap_low": 2,
    "gap_high": 2,
    "ssim": 4,
    "lpips": 4,
    "spikes_per_neuron": 5,
}
ENERGY = 6


def shipped(results: Results, boards: list[Board]) -> dict[str, Any]:
    """Return the script's data, fit for JSON."""
    described = [*results.run["datasets"].values(), *results.run["backbones"].values()]
    cited = [*results.methods["bibtex"], *(entry["bibtex"] for entry in described)]
    works = sorted({text for text in cited if text})
    run = {"id": results.table_id, "date": results.run["created"][:10]}
    run |= {"commit": results.run["git_commit"]}
    return {
        "table": run | {key: results.run[key] for key in ("run", "version")},
        "models": results.energy_models[["name", "title"]].to_dict("records"),
        "methods": [_method(entry, works) for entry in results.methods.to_dict("records")],
        "kinds": KINDS,
        "rivals": list(RIVALS.values()),
        "boards": [_board(board, results, works) for board in boards],
        "bibtex": bibtex(results),
        "works": works,
        "latex": SPECIAL,
        "latin": LATIN.pattern,
    }


def _method(entry: dict[str, str], works: list[str]) -> dict[str, Any]:
    kept = {key: entry[key] for key in ("method", "name", "family", "summary")}
    return kept | {"page": links.method_page(entry["method"]), "work": _work(entry, works)}


def _work(entry: dict[str, str], works: list[str]) -> int:
    """Return which of the works an entry cites; -1 for none."""
    return works.index(entry["bibtex"]) if entry["bibtex"] else -1


def _board(board: Board, results: Results, works: list[str]) -> dict[str, Any]:
    labels = results.methods["method"].tolist()
    described = (
        results.run["datasets"][whole_set(board.dataset)],
        results.run["backbones"][board.backbone],
    )
    return {
        "set": board.dataset,
        "net": board.backbone,
        "task": board.task,
        "protocol": board.protocol,
        "setTitle": board.set_title,
        "netTitle": board.net_title,
        "page": links.backbone_page(board.backbone),
        "about": board.about,
        "works": [_work(entry, works) for entry in described],
        "refused": [[labels.index(label), reason] for label, reason in refusals(board, results)],
        "method": [labels.index(row.method) for row in board.rows],
        "kind": [KINDS.index(row.spike_class) for row in board.rows],
        "t": [row.timesteps for row in board.rows],
        "latency": [row.latency_steps for row in board.rows],
        "numbers": {
            name: [_number(getattr(row, name), decimals) for row in board.rows]
            for name, decimals in DECIMALS.items()
        },
        "energy": [
            [_number(row.prices[model].ratio, ENERGY) for row in board.rows]
            for model in results.models
        ],
        "cheaper": [[_cheaper(row, model) for row in board.rows] for model in results.models],
    }


def refusals(board: Board, results: Results) -> list[tuple[str, str]]:
    """Return (label, reason) of each method that does not convert the board's network."""
    found = [
        (entry["method"], entry["reason"])
        for entry in results.run["refusals"]
        if entry["backbone"] == board.backbone
    ]
    return list(dict(found).items())  # once, whatever the number of seeds


def _cheaper(row: Row, model: str) -> int:
    """Return the rivals that cost more than the row, one bit each in the order of `RIVALS`."""
    costlier = row.prices[model].verdict.split()
    return sum(1 << place for place, rival in enumerate(RIVALS) if rival in costlier)


def _number(value: float | None, decimals: int) -> float | int | str | None:
    if value is None or math.isnan(value):
        return None
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    rounded = round(float(value), decimals)
    return int(rounded) if rounded == int(rounded) else rounded
