"""compare.html: two rows of a board, image by image, at equal energy, along T, and in a crop.

Every number is made here, for each pair of methods and each energy model; the script looks up,
writes sentences and draws.
"""

from collections.abc import Iterable
from typing import Any

from spikebench.analysis.statistics import span
from spikebench.report import links
from spikebench.report.boards.board import Board
from spikebench.report.boards.row import Row
from spikebench.report.document import asset, document
from spikebench.report.packing import packed
from spikebench.report.pages.contenders import contenders, left_out
from spikebench.report.pages.images import ERROR_SCALE, crops_of
from spikebench.report.pages.pairs import Differences, at_equal_energy, deltas
from spikebench.report.results import Results
from spikebench.report.text import db, number

SCRIPTS = ("unpack.js", "errors.js", "compare.js")


def compare_page(results: Results, boards: list[Board]) -> str:
    """Return the page; the boards lie in it as JSON, their rows and pairs packed."""
    shown = [found for board in boards if _comparable(found := versus(board, results))]
    return document(
        "compare.html.j2",
        links.COMPARE,
        styles=["images.css", "compare.css"],
        scripts=[asset(name) for name in SCRIPTS] if shown else [],
        run=results.run,
        boards=[_packed(found) for found in shown],
        models=results.titles,
        scale=ERROR_SCALE,
    )


def versus(board: Board, results: Results) -> dict[str, Any]:
    """Return a board's rows, what is known of each pair of them, and crops of one image.

    `rows` are those that stand for a method under any energy model, with all that is the same under
    each. What hangs on the model is in `models`, by the places of its methods, best first.
    """
    ranked = {model: board.under(model) for model in results.models}
    rows = _standing(ranked.values())
    keys, known = list(rows), Differences(board.dataset)
    image, shared, crops = crops_of(board, results)
    return {
        "key": board.key,
        "title": f"{board.title}, {board.task_name}",
        "table": links.board_view(board.dataset, board.backbone),
        "images": sorted(set(_images(board, results))),
        "rows": [_described(row, crops) for row in rows.values()],
        "crop": {"image": image, **shared},
        "models": {model: _under(each, keys, known) for model, each in ranked.items()},
    }


def _standing(ranked: Iterable[Board]) -> dict[tuple[str, int], Row]:
    """Return the rows that stand for a method under any model, by method and T."""
    rows = (each.row for board in ranked for each in contenders(board))
    return {(row.method, row.timesteps): row for row in rows}


def _images(board: Board, results: Results) -> list[str]:
    images = results.images
    mine = images[(images["dataset"] == board.dataset) & (images["backbone"] == board.backbone)]
    return [name for name in mine["image"].unique() if name not in board.left_out]


def _described(row: Row, crops: dict[tuple[str, int], str]) -> dict[str, Any]:
    return {
        "method": row.method,
        "name": row.name,
        "page": links.method_page(row.method),
        "T": row.timesteps,
        "psnr": f"{db(row.psnr)} dB",
        "gap": f"{db(row.gap_db, sign=True)} dB",
        "values": [round(float(value), 3) for value in row.per_image],
        "crop": crops.get((row.method, row.timesteps), ""),
    }


def _under(board: Board, keys: list[tuple[str, int]], known: Differences) -> dict[str, Any]:
    """Return what the model by which a board ranks says of it; `keys` are those of all rows.

    `spans` has the least and the largest energy of each method at which another is compared.
    """
    found = contenders(board)
    spans = [span(each.energy, each.psnr) for each in found]
    return {
        "rows": [keys.index((each.row.method, each.row.timesteps)) for each in found],
        "energies": [number(each.row.energy, 3) for each in found],
        "spans": [[number(low, 3), number(high, 3)] for low, high in spans],
        "difference": known.among([each.row for each in found]),
        "equal": at_equal_energy(found, board.dataset),
        "bd": deltas(found),
        "left": left_out(board),
    }


def _comparable(found: dict[str, Any]) -> bool:
    """Tell whether any model prices two rows of a board."""
    return any(len(each["rows"]) > 1 for each in found["models"].values())


def _packed(found: dict[str, Any]) -> dict[str, Any]:
    """Return a board with its rows packed, and its pairs, each model's by themselves.

    One board is shown at a time, under one model.
    """
    models = {model: packed(each) for model, each in found["models"].items()}
    return found | {"rows": packed(found["rows"]), "models": models}
