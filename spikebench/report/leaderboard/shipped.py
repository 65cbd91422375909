"""What the page's script is given: every text that it may show or copy, and what is shown when.

A board's rows stand in columns, one list for each. Python says what stands in an entry, which rows
a selection shows, how they rank and in which order they are sorted; the script looks it up.
"""

from typing import Any

from spikebench.analysis.selection import Selection, offered
from spikebench.report import links
from spikebench.report.address import state
from spikebench.report.boards.board import Board
from spikebench.report.boards.columns import columns
from spikebench.report.boards.entries import places
from spikebench.report.boards.remarks import notes
from spikebench.report.leaderboard.cite import bibtex
from spikebench.report.leaderboard.copies import stamp, wrapping
from spikebench.report.leaderboard.forms import Forms
from spikebench.report.leaderboard.shipped_board import KINDS, board_of, work_of
from spikebench.report.results import Results
from spikebench.report.text import sentence
from spikebench.results.frames import records


def shipped(results: Results, boards: list[Board]) -> dict[str, Any]:
    """Return the script's data, fit for JSON."""
    forms = Forms()
    shown = columns(results)
    described = [*results.run["datasets"].values(), *results.run["backbones"].values()]
    cited = [*results.methods["bibtex"], *(entry["bibtex"] for entry in described)]
    works = sorted({text for text in cited if text})
    selections = offered(results.grid)
    for column in shown:
        forms.add(column.heading)
    return {
        "stamp": stamp(results, forms),
        "models": [
            {"name": name, "caption": forms.add(f"Energy: {title}.")}
            for name, title in results.titles.items()
        ],
        "id": results.table_id,
        "table": forms.add(f"Table {results.table_id}."),
        "selections": [_selection(each, forms) for each in selections],
        "methods": _methods(results, works, forms),
        "kinds": KINDS,
        "boards": [board_of(board, shown, results, works, forms, selections) for board in boards],
        "bibtex": bibtex(results),
        "works": works,
        "wrapping": wrapping(results),
        "forms": forms.data(),
    }


def _selection(selection: Selection, forms: Forms) -> dict[str, Any]:
    return {
        "state": state(selection),
        "key": selection.key,
        "caption": forms.add(f"{sentence(selection.label)}."),
    }


def _methods(results: Results, works: list[str], forms: Forms) -> list[dict[str, Any]]:
    """Return the methods: what they are called, and their texts and order in three columns."""
    said = notes(results.methods)
    methods = [{**method, "notes": said[method["method"]]} for method in records(results.methods)]
    texts = {"method": "name", "family": "family", "notes": "notes"}
    orders = {
        key: places([entry[name].casefold() for entry in methods]) for key, name in texts.items()
    }
    return [
        {
            "method": entry["method"],
            "page": links.method_page(entry["method"]),
            "work": work_of(entry, works),
            "texts": {key: forms.add(entry[name]) for key, name in texts.items()},
            "order": {key: order[place] for key, order in orders.items()},
        }
        for place, entry in enumerate(methods)
    ]
