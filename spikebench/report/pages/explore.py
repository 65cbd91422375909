"""explore.html: PSNR against T and against energy, with any set, network and energy model.

Drawn in the browser by Vega, which is written into the page once. Its expressions are interpreted,
not compiled (Vega's `ast` mode), so that the page's policy allows no evaluation of text.
"""

import math
from functools import cache
from typing import Any, cast

import vl_convert

from spikebench.report import links
from spikebench.report.boards.board import Board
from spikebench.report.boards.row import Row
from spikebench.report.charts.canvas import PALETTE
from spikebench.report.charts.charts import bounds, highlighted
from spikebench.report.document import asset, document
from spikebench.report.packing import packed
from spikebench.report.pages.drawing import drawing
from spikebench.report.results import Results
from spikebench.report.text import db, number
from spikebench.results.frames import records

SCRIPTS = ("unpack.js", "explore.js")
HEADROOM = 0.05  # of the span between floor and ceiling, left free above and below
SIZES = {"wide": (470, 380), "narrow": (270, 260)}  # of a plot, pixels


def explore_page(results: Results, boards: list[Board]) -> str:
    """Return the page with Vega, the drawings as Vega-Lite, and the boards, their rows packed."""
    return document(
        "explore.html.j2",
        links.EXPLORE,
        styles=["explore.css"],
        scripts=[vega(), *map(asset, SCRIPTS)] if boards else [],
        run=results.run,
        boards=[_packed(_board(board, results)) for board in boards],
        models=records(results.energy_models),
        drawings={name: drawing(results.grid, *size) for name, size in SIZES.items()},
    )


@cache
def vega() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script, by vl-convert, closed in itself."""
    bundled = cast(Any, vl_convert).javascript_bundle()  # its stub wants a snippet
    return f"(() => {{\n{bundled}\n}})();"


def _board(board: Board, results: Results) -> dict[str, Any]:
    floor, ceiling = bounds(board)
    room = HEADROOM * (ceiling - floor)
    colours = dict(zip(highlighted(board), PALETTE, strict=False))
    rows = sorted(board.rows, key=lambda row: (row.name, row.timesteps))
    drawn = [row for row in rows if row.timesteps and _finite(row)]
    return {
        "key": board.key,
        "title": f"{board.title}, {board.task_name}",
        "table": links.board_view(board.dataset, board.backbone),
        "low": floor - room,
        "high": ceiling + room,
        "levels": [
            {"value": value, "label": label}
            for value, label in ((board.ceiling, "ANN"), (board.floor, "degraded input"))
            if math.isfinite(value)
        ],
        "left": sum(1 for row in rows if row.timesteps and not _finite(row)),
        "ends": {model: _ends(drawn, model) for model in results.models},
        "rows": [_row(row, colours.get(row.name, "")) for row in drawn],
    }


def _ends(rows: list[Row], model: str) -> list[float]:
    """Return where the axis of energy begins and ends: around all rows and the ANN, at 1."""
    energies = [1.0, *(row.prices[model].ratio for row in rows)]
    return [min(energies) / 1.2, max(energies) * 1.2]


def _row(row: Row, colour: str) -> dict[str, Any]:
    prices = row.prices.items()
    return {
        "name": row.name,
        "method": row.method,
        "page": links.method_page(row.method),
        "T": row.timesteps,
        "psnr": row.psnr,
        "texts": {
            "psnr": db(row.psnr),
            "gap": db(row.gap_db, sign=True),
            "spikes": number(row.spikes_per_neuron, 2),
        },
        "colour": colour,
        "twin": row.reference,
        "energies": {model: price.ratio for model, price in prices},
        "prices": {model: number(price.ratio, 3) for model, price in prices},
        "fronts": [model for model, price in prices if price.front],
    }


def _packed(found: dict[str, Any]) -> dict[str, Any]:
    """Return a board with its rows packed by themselves: one board is shown at a time."""
    return found | {"rows": packed(found["rows"])}


def _finite(row: Row) -> bool:
    """Tell whether a row can be drawn: under every model, for the axis is logarithmic."""
    energies = [price.ratio for price in row.prices.values()]
    return all(map(math.isfinite, (row.psnr, row.gap_db, *energies))) and min(energies) > 0
