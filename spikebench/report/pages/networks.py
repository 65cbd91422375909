"""backbones/<name>.html: the network drawn, its layers, and whether it gives its known numbers."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from spikebench.analysis.selection import DEFAULT
from spikebench.report import links
from spikebench.report.boards.board import Board, task_name
from spikebench.report.boards.compared import on_board
from spikebench.report.boards.row import Row
from spikebench.report.boards.trust import Known, checks, known_numbers
from spikebench.report.document import asset, document
from spikebench.report.pages.citation import in_words
from spikebench.report.pages.graph import GraphRow, graph_rows
from spikebench.report.results import Results
from spikebench.results.frames import named
from spikebench.spike_kinds import SpikeKind

RATES = 3  # methods whose rates are shown
WORK = ["macs_dense", "macs_effective", "outputs"]
SIGMA = "\N{GREEK SMALL LETTER SIGMA}"


def network_pages(results: Results, boards: list[Board]) -> Iterator[tuple[str, str]]:
    """Yield the address and the HTML of each backbone's page, then of their list."""
    known = known_numbers(results, boards)
    entries = []
    for name, described in results.run["backbones"].items():
        own = [entry for entry in known if entry.backbone == described["title"]]
        mine = [board for board in boards if board.backbone == name]
        entries.append(_entry(name, described, mine, own))
        yield links.backbone_page(name), _page(entries[-1], results, mine, own)
    yield links.BACKBONES, _list(entries, results)


def _entry(
    name: str, described: dict[str, Any], boards: list[Board], known: list[Known]
) -> dict[str, Any]:
    graph = described["graph"]
    return {
        "name": name,
        "described": described,
        "task": in_short(described["task"]),
        "synapses": sum(node["kind"] == "synapse" for node in graph),
        "sites": sum(node["kind"] == "site" for node in graph),
        "boards": boards,
        "verdict": " ".join(check.said for check in checks(known)),
    }


def _page(entry: dict[str, Any], results: Results, boards: list[Board], known: list[Known]) -> str:
    name, described = entry["name"], entry["described"]
    images = results.images[results.images["backbone"] == name]
    return document(
        "network.html.j2",
        links.backbone_page(name),
        styles=["details.css"],
        scripts=[asset("copy.js")],
        run=results.run,
        entry=entry,
        described=described,
        work=in_words(described["bibtex"]),
        weights=sorted(images["weights_sha256"].unique()),
        layers=_layers(described["graph"], boards[0], results) if boards else None,
        known=known,
        checks=checks,
        refusals=[item for item in results.run["refusals"] if item["backbone"] == name],
        names=dict(results.methods[["method", "name"]].itertuples(index=False)),
        method_page=links.method_page,
        board_view=links.board_view,
    )


def _layers(graph: list[dict[str, Any]], board: Board, results: Results) -> dict[str, Any]:
    """Return the rows of the network on one board, each with what the ANN and some methods do."""
    table = on_board(results.layers, board)
    work = table[table["macs_dense"] > 0].groupby("layer")[
        ["macs_dense", "macs_effective", "outputs"]
    ]
    means = {str(layer): named(row) for layer, row in work.mean().iterrows()}
    shown = board.shown(DEFAULT)[:RATES]
    rates = [_rates(table, row) for row in shown]
    return {
        "board": board,
        "methods": shown,
        "total": sum(numbers["macs_dense"] for numbers in means.values()),
        "rows": [_layer(row, means.get(row.name), rates) for row in graph_rows(graph)],
    }


def _layer(
    row: GraphRow, work: dict[str, float] | None, rates: list[dict[str, float]]
) -> dict[str, Any]:
    return {
        "row": row,
        "work": work,
        "rates": [found.get(row.name) for found in rates] if work else [None] * len(rates),
    }


def _rates(table: pd.DataFrame, row: Row) -> dict[str, float]:
    """Return how often a neuron that enters a layer spikes in a step, by layer, seeds averaged."""
    own = table[(table["method"] == row.method) & (table["timesteps"] == row.timesteps)]
    own = own[own["input_kind"] != SpikeKind.ANALOGUE.label]
    return named(own.groupby("layer")["rate"].mean())


def _list(entries: list[dict[str, Any]], results: Results) -> str:
    return document(
        "networks.html.j2",
        links.BACKBONES,
        styles=["details.css"],
        run=results.run,
        entries=entries,
        backbone_page=links.backbone_page,
        board_view=links.board_view,
    )


def in_short(task: dict[str, Any]) -> str:
    """Return a task in words, such as "enlarges luminance images by 2"."""
    colours = {"grey": "grey", "y": "luminance", "rgb": "colour"}.get(task.get("channels", ""), "")
    images = f"{colours} images".strip()
    match task["kind"]:
        case "denoise":
            return f"removes noise of {SIGMA} = {task.get('sigma') or 0:g} from {images}"
        case "super_resolution":
            return f"enlarges {images} by {task.get('scale') or 1}"
        case "derain":
            return f"removes rain from {images}"
        case "jpeg":
            return f"removes JPEG artefacts of quality {task.get('quality') or 0} from {images}"
    return f"{task_name(task.get('name') or task['kind'])} of {images}"
