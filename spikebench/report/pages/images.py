"""images.html: crops of restored images, of every method at every T, beside what they came from."""

import base64
from collections.abc import Iterator
from typing import Any

import pandas as pd

from spikebench.analysis.selection import DEFAULT
from spikebench.report import links
from spikebench.report.boards.board import Board
from spikebench.report.boards.compared import on_board
from spikebench.report.boards.row import Row
from spikebench.report.document import asset, document
from spikebench.report.results import Results
from spikebench.report.text import db

REFERENCES = {"target": "ground truth", "input": "degraded input", "ann": "ANN"}
CHOICES = {"median": "median", "best": "least loss", "worst": "most loss"}
ERROR_SCALE = 32  # grey levels of 255 at which the error map is brightest


def images_page(results: Results, boards: list[Board]) -> str:
    """Return the page. Crops lie in it as JSON, one block an image, and are decoded when shown."""
    shown = [found for board in boards if (found := shown_board(board, results))["images"]]
    return document(
        "images.html.j2",
        links.IMAGES,
        styles=["images.css"],
        scripts=[asset("errors.js"), asset("images.js")],
        run=results.run,
        boards=shown,
        references=REFERENCES,
        scale=ERROR_SCALE,
    )


def shown_board(board: Board, results: Results) -> dict[str, Any]:
    """Return a board's images with their crops, and its methods, best first."""
    pictures = on_board(results.pictures, board)
    scores = _scores(on_board(results.images, board))
    methods = _methods(board, set(pictures["method"][_restored(pictures)]))
    order = [choice for choice in CHOICES if choice in set(pictures["choice"])]
    images = [_image(pictures[pictures["choice"] == choice], scores) for choice in order]
    return {
        "key": board.key,
        "title": f"{board.title}, {board.task_name}",
        "table": links.board_view(board.dataset, board.backbone),
        "methods": methods,
        "images": images,
    }


def crops_of(
    board: Board, results: Results
) -> tuple[str, dict[str, str], dict[tuple[str, int], str]]:
    """Return the name of a board's shown image, its shared crops by role, others by (method, T).

    It is the median one where several are kept; all are empty where none is.
    """
    pictures = on_board(results.pictures, board)
    choice = next((choice for choice in CHOICES if choice in set(pictures["choice"])), "")
    mine = pictures[pictures["choice"] == choice]
    shared = mine[~_restored(mine)].drop_duplicates("role")
    crops = {role: _crop(webp) for role, webp in zip(shared["role"], shared["webp"], strict=True)}
    restored = {(method, time): _crop(webp) for method, time, webp in _steps(mine)}
    return next(iter(mine["image"]), ""), crops, restored


def _methods(board: Board, pictured: set[str]) -> list[dict[str, str]]:
    """Return the methods that have crops: those the default selection shows first, best first.

    `t` is what that selection picks, or the best there is.
    """
    rows: dict[str, Row] = {}
    for row in (*board.shown(DEFAULT), *board.rows):
        rows.setdefault(row.method, row)
    return [
        {
            "method": row.method,
            "name": row.name,
            "page": links.method_page(row.method),
            "t": str(row.timesteps),
        }
        for row in rows.values()
        if row.method in pictured
    ]


def _scores(images: pd.DataFrame) -> dict[tuple[str, str, int], str]:
    """Return the PSNR in words by (image, method, T), of the seed whose crops are shown."""
    first = images[images["seed"] == images["seed"].min()]
    keys = first[["image", "method", "timesteps"]].itertuples(index=False, name=None)
    return dict(zip(keys, map(db, first["psnr"]), strict=True))


def _image(pictures: pd.DataFrame, scores: dict[tuple[str, str, int], str]) -> dict[str, Any]:
    """Return one image's crops in base64: those that all share, and each method's by T."""
    image, choice = pictures["image"].iloc[0], pictures["choice"].iloc[0]
    shared = pictures[~_restored(pictures)].drop_duplicates("role")
    crops: dict[str, Any] = {
        role: _crop(webp) for role, webp in zip(shared["role"], shared["webp"], strict=True)
    }
    restored: dict[str, dict[int, list[str]]] = {}
    for method, time, webp in _steps(pictures):
        restored.setdefault(method, {})[time] = [_crop(webp), scores[image, method, time]]
    psnr = {role: scores.get((image, role, 0), "") for role in ("input", "ann")}
    return {
        "image": image,
        "choice": choice,
        "label": f"{image}: {CHOICES[choice]}",
        "crops": {**crops, "psnr": psnr, "restored": restored},
        "still": _still(crops, psnr),
    }


def _still(crops: dict[str, Any], psnr: dict[str, str]) -> list[tuple[str, str]]:
    """Return (caption, crop) of what stays the same, for a reader without scripts."""
    return [
        (f"{title}, {psnr[role]} dB" if psnr.get(role) else title, crops[role])
        for role, title in REFERENCES.items()
    ]


def _steps(pictures: pd.DataFrame) -> Iterator[tuple[str, int, bytes]]:
    rows = pictures[_restored(pictures)].sort_values(["method", "timesteps"])
    yield from rows[["method", "timesteps", "webp"]].itertuples(index=False, name=None)


def _restored(pictures: pd.DataFrame) -> pd.Series:
    """Tell which crops depend on a method and T."""
    return (pictures["role"] == "restored") & (pictures["timesteps"] > 0)


def _crop(webp: bytes) -> str:
    return base64.b64encode(webp).decode()
