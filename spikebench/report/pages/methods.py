"""methods/<label>.html: what a row of the table does, what it is set to, and all its numbers."""

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd

from spikebench.report import links
from spikebench.report.boards.board import Board
from spikebench.report.boards.compared import on_board
from spikebench.report.boards.remarks import remarks
from spikebench.report.boards.row import Row
from spikebench.report.document import asset, document
from spikebench.report.pages.citation import in_words
from spikebench.report.pages.curves import Curves
from spikebench.report.pages.prose import inline, parts
from spikebench.report.pages.training import trainings
from spikebench.report.results import Results
from spikebench.report.text import db, listing
from spikebench.results.frames import records

FAMILIES = {
    "reference": "References",
    "training-free": "Without training",
    "few-shot": "Tuned on few images",
    "trained": "With training",
}


def method_pages(results: Results, boards: list[Board]) -> Iterator[tuple[str, str]]:
    """Yield the address and the HTML of each method's page, then of their list."""
    curves = {board.key: Curves(board) for board in boards}
    for method in records(results.methods):
        yield links.method_page(method["method"]), _page(method, results, boards, curves)
    yield links.METHODS, _list(results, boards)


def _page(
    method: dict[str, Any], results: Results, boards: list[Board], curves: dict[str, Curves]
) -> str:
    label = method["method"]
    shown = [_results(label, board, results, curves[board.key]) for board in boards]
    said = {row: remark for row, _, remark in remarks(results.methods)}
    return document(
        "method.html.j2",
        links.method_page(label),
        styles=["details.css"],
        scripts=[asset("copy.js")],
        run=results.run,
        method=method,
        remark=said.get(label, ""),
        family=FAMILIES.get(method["family"], method["family"]),
        parts=parts(method["documentation"]),
        work=in_words(method["bibtex"]),
        settings=_settings(method),
        once=json.loads(method["anytime"]),
        shown=[found for found in shown if found["rows"]],
        trainings=trainings(label, results),
        refusals=[item for item in results.run["refusals"] if item["method"] == label],
        backbones=results.run["backbones"],
        model=results.energy_models.iloc[0].to_dict(),
        backbone_page=links.backbone_page,
    )


def _settings(method: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Return the options as (name, value, whether the configuration sets it)."""
    chosen, settings = json.loads(method["options"]), json.loads(method["settings"])
    return [(name, json.dumps(value), name in chosen) for name, value in settings.items()]


def _results(label: str, board: Board, results: Results, curves: Curves) -> dict[str, Any]:
    """Return a row's numbers on a board; `rows` is empty where it was not run there."""
    rows = sorted((r for r in board.rows if r.method == label), key=lambda row: row.timesteps)
    timed = bool(rows) and rows[0].timesteps > 0
    return {
        "board": board,
        "rows": rows,
        "curves": [curves.against_timesteps(label), curves.against_energy(label)] if timed else [],
        "images": _images(label, rows, on_board(results.images, board)),
        "view": links.board_view(board.dataset, board.backbone, view="all", find=label),
        "pictures": _pictures(label, board, results),
    }


def _pictures(label: str, board: Board, results: Results) -> str:
    """Return the address of the row's pictures on a board; empty where there are none."""
    found = on_board(results.pictures, board)
    pictured = ((found["method"] == label) & (found["timesteps"] > 0)).any()
    return links.view(links.IMAGES, set=board.key, method=label) if pictured else ""


def _images(label: str, rows: list[Row], images: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """Return for each image its name, and the PSNR of the input, the ANN and the row at each T."""
    means = images.groupby(["image", "method", "timesteps"])["psnr"].mean()
    columns = [("input", 0), ("ann", 0), *((label, row.timesteps) for row in rows if row.timesteps)]
    return [
        (image, [db(means.get((image, *column))) for column in columns])
        for image in sorted(images.loc[images["method"] == label, "image"].unique())
    ]


def _list(results: Results, boards: list[Board]) -> str:
    kinds: dict[str, dict[str, None]] = {}
    for row in (row for board in boards for row in board.competitors):
        kinds.setdefault(row.method, {})[row.spike_class] = None
    return document(
        "methods.html.j2",
        links.METHODS,
        styles=["details.css"],
        run=results.run,
        families=list(_families(records(results.methods), kinds)),
        method_page=links.method_page,
    )


def _families(
    methods: list[dict[str, Any]], kinds: dict[str, dict[str, None]]
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield each family's title and its rows; a file is described once, then its options alone."""
    for family, title in FAMILIES.items():
        described: set[str] = set()
        rows = []
        for method in (method for method in methods if method["family"] == family):
            again = method["source"] in described
            described.add(method["source"])
            given = json.loads(method["options"]).items()
            rows.append(
                {
                    **method,
                    "kinds": listing(list(kinds.get(method["method"], {})) or [""]),
                    "text": "" if again else inline(method["summary"]),
                    "given": [f"{name}: {json.dumps(value)}" for name, value in given],
                }
            )
        if rows:
            yield title, rows
