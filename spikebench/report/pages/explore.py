"""explore.html: PSNR against T and against energy, with any set, network and energy model.

Drawn in the browser by Vega, which is written into the page once. Its expressions are interpreted,
not compiled (Vega's `ast` mode), so that the page's policy allows no evaluation of text.
"""

import math
from functools import cache
from typing import Any

import numpy as np
import vl_convert

from spikebench.analysis.statistics import pareto
from spikebench.report import links
from spikebench.report.boards.board import Board
from spikebench.report.boards.row import Row
from spikebench.report.charts.canvas import PALETTE
from spikebench.report.charts.charts import bounds, highlighted
from spikebench.report.document import asset, document
from spikebench.report.pages.drawing import drawing
from spikebench.report.results import Results

HEADROOM = 0.05  # of the span between floor and ceiling, left free above and below
SIZES = {"wide": (470, 380), "narrow": (270, 260)}  # of a plot, pixels


def explore_page(results: Results, boards: list[Board]) -> str:
    """Return the page with Vega, the drawings as Vega-Lite, and the rows of all boards as JSON."""
    return document(
        "explore.html.j2",
        links.EXPLORE,
        styles=["explore.css"],
        scripts=[vega(), asset("explore.js")] if boards else [],
        run=results.run,
        boards=[_board(board, results) for board in boards],
        models=results.energy_models.to_dict("records"),
        drawings={name: drawing(results.run["timesteps"], *size) for name, size in SIZES.items()},
    )


@cache
def vega() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script, by vl-convert, closed in itself."""
    return f"(() => {{\n{vl_convert.javascript_bundle()}\n}})();"


def _board(board: Board, results: Results) -> dict[str, Any]:
    floor, ceiling = bounds(board)
    room = HEADROOM * (ceiling - floor)
    colours = dict(zip(highlighted(board), PALETTE, strict=False))
    rows = sorted(board.rows, key=lambda row: (row.name, row.timesteps))
    drawn = [row for row in rows if row.timesteps and _finite(row)]
    fronts = {model: _front(drawn, model) for model in results.models}
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
        "rows": [
            _row(row, colours.get(row.name, ""), [m for m in fronts if place in fronts[m]])
            for place, row in enumerate(drawn)
        ],
    }


def _row(row: Row, colour: str, fronts: list[str]) -> dict[str, Any]:
    return {
        "name": row.name,
        "method": row.method,
        "page": links.method_page(row.method),
        "T": row.timesteps,
        "psnr": row.psnr,
        "gap": row.gap_db,
        "spikes": row.spikes_per_neuron,
        "colour": colour,
        "twin": row.reference,
        "energies": {model: price.ratio for model, price in row.prices.items()},
        "fronts": fronts,
    }


def _finite(row: Row) -> bool:
    """Tell whether a row can be drawn: under every model, for the axis is logarithmic."""
    energies = [price.ratio for price in row.prices.values()]
    return all(map(math.isfinite, (row.psnr, row.gap_db, *energies))) and min(energies) > 0


def _front(rows: list[Row], model: str) -> set[int]:
    """Return the places of the rows that no other beats in both PSNR and energy."""
    places = [place for place, row in enumerate(rows) if not row.reference]
    if not places:
        return set()
    energy = np.array([rows[place].prices[model].ratio for place in places])
    psnr = np.array([rows[place].psnr for place in places])
    return {place for place, best in zip(places, pareto(energy, psnr), strict=True) if best}
