"""What the page's script is given of one board; see `shipped`.

Rows stand in columns, one list for each: texts and intervals, the place of each row when sorted by
a column, and for each selection and energy model the rows shown and their ranks.
"""

from typing import Any

from spikebench.analysis.selection import Selection
from spikebench.report import links
from spikebench.report.boards.board import Board
from spikebench.report.boards.columns import (
    OF_THE_METHOD,
    OF_THE_PRICE,
    OF_THE_RANKING,
    Column,
)
from spikebench.report.boards.entries import of_price, of_row, order_of_prices, order_of_rows
from spikebench.report.leaderboard.forms import Forms
from spikebench.report.results import Results
from spikebench.run.cell import whole_set
from spikebench.spike_kinds import SpikeKind

KINDS = [kind.label for kind in SpikeKind]


def refusals(board: Board, results: Results) -> list[tuple[str, str]]:
    """Return (label, reason) of each method that does not convert the board's network."""
    found = [
        (entry["method"], entry["reason"])
        for entry in results.run["refusals"]
        if entry["backbone"] == board.backbone
    ]
    return list(dict(found).items())  # once, whatever the number of seeds


def work_of(entry: dict[str, str], works: list[str]) -> int:
    """Return which of the works an entry cites; -1 for none."""
    return works.index(entry["bibtex"]) if entry["bibtex"] else -1


def board_of(
    board: Board,
    shown: list[Column],
    results: Results,
    works: list[str],
    forms: Forms,
    selections: list[Selection],
) -> dict[str, Any]:
    """Return a board, its texts added to `forms`; `shown` are the columns of the run."""
    labels = {label: place for place, label in enumerate(results.methods["method"])}
    described = (
        results.run["datasets"][whole_set(board.dataset)],
        results.run["backbones"][board.backbone],
    )
    for text in (board.title, board.protocol, board.set_title, board.net_title):
        forms.add(text)
    return {
        "set": board.dataset,
        "net": board.backbone,
        "task": board.task,
        "protocol": board.protocol,
        "setTitle": board.set_title,
        "netTitle": board.net_title,
        "title": board.title,
        "page": links.backbone_page(board.backbone),
        "about": forms.add(board.about),
        "works": [work_of(entry, works) for entry in described],
        "refused": [
            [labels[label], forms.add(reason)] for label, reason in refusals(board, results)
        ],
        "method": [labels[row.method] for row in board.rows],
        "kind": [KINDS.index(row.spike_class) for row in board.rows],
        "reference": [int(row.reference) for row in board.rows],
        **_of_rows(board, shown, forms),
        "priced": [_of_prices(board, shown, model, forms) for model in results.models],
        "rankings": [_rankings(board, each, results.models, forms) for each in selections],
    }


def _of_rows(board: Board, shown: list[Column], forms: Forms) -> dict[str, Any]:
    """Return texts, intervals and order of the columns that depend on the row alone."""
    elsewhere = (*OF_THE_METHOD, *OF_THE_PRICE, *OF_THE_RANKING)
    own = [column for column in shown if column.name not in elsewhere]
    entries = {column.key: [of_row(column, row) for row in board.rows] for column in own}
    for column in own:
        add = forms.add_number if column.numeric else forms.add
        for entry in entries[column.key]:
            add(entry.text)
            forms.add_number(entry.interval)
    sorted_by = [column for column in shown if column in own or column.name == "rank"]
    bounded = [column.key for column in own if column.shown.interval]
    return {
        "texts": {key: [entry.text for entry in found] for key, found in entries.items()},
        "intervals": {key: [entry.interval for entry in entries[key]] for key in bounded},
        "order": {column.key: order_of_rows(column, board.rows) for column in sorted_by},
    }


def _of_prices(board: Board, shown: list[Column], model: str, forms: Forms) -> dict[str, Any]:
    """Return texts and order of the columns that depend on the energy model."""
    prices = [row.prices[model] for row in board.rows]
    found: dict[str, Any] = {"texts": {}, "order": {}}
    for column in (column for column in shown if column.name in OF_THE_PRICE):
        add = forms.add_number if column.numeric else forms.add
        texts = [of_price(column, *pair) for pair in zip(board.rows, prices, strict=True)]
        found["texts"][column.key] = list(map(add, texts))
        found["order"][column.key] = order_of_prices(column, prices)
    return found


def _rankings(
    board: Board, selection: Selection, models: list[str], forms: Forms
) -> list[dict[str, Any]]:
    """Return what a selection shows under each model; once, where energy plays no part."""
    place = {id(row): place for place, row in enumerate(board.rows)}
    found = []
    for model in models if selection.budget is not None else models[:1]:
        lines = board.ranking(selection, model)
        found.append(
            {
                "row": [place[id(line.row)] for line in lines],
                "rank": [forms.add(line.place) for line in lines],
                "inclass": [line.in_class for line in lines],
                "mark": [line.mark for line in lines],
            }
        )
    return found
