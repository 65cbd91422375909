"""What the page shows of one board besides its ranking: charts, comparisons, sensitivity, ablation.

The first board's charts stand in the page as they are. All else is packed with the numbers of the
boards, and unpacked by the page's script: as text it is large, and small when compressed.
"""

from typing import Any, cast

from altair.utils.schemapi import debug_mode
from jinja2 import Environment
from markupsafe import Markup

from spikebench.analysis.selection import tested
from spikebench.report import links
from spikebench.report.boards.ablation import ablation, summary
from spikebench.report.boards.board import Board
from spikebench.report.boards.compared import compared
from spikebench.report.boards.findings import headline, reach
from spikebench.report.charts import layer_rates
from spikebench.report.charts.ablation import entropy_against_timesteps, loss_against_timesteps
from spikebench.report.charts.canvas import NARROW, SINGLE, WIDE
from spikebench.report.charts.charts import gap_against_energy, psnr_against_timesteps
from spikebench.report.charts.sensitivity import headline as rank_headline
from spikebench.report.charts.sensitivity import ranking_over_models, ranks_over_models, spoken
from spikebench.report.charts.svg import svg
from spikebench.report.leaderboard.views import Views
from spikebench.report.results import Results
from spikebench.results.columns.comparisons import TARGETS
from spikebench.results.frames import records

STILL = ("charts", "sensitivity", "ablation")  # of the first board, in the page itself


Part = Markup | dict[str, Markup]  # comparisons stand by the key of their selection


def parts(board: Board, results: Results, environment: Environment) -> dict[str, Part]:
    """Return the HTML of a board's parts by name; an empty text where it has none."""
    macros = cast(Any, environment.get_template("leaderboard/parts.html.j2").module)
    models = records(results.energy_models)
    with debug_mode(False):  # the tests validate; here it would take half of the time
        charts, sensitivity = _charts(board, results), _sensitivity(board, results)
        ablated = _ablation(board, results)
    made = {
        "charts": macros.charts_of(board, charts, models[0]),
        "sensitivity": macros.sensitivity_of(board, sensitivity),
        "ablation": macros.ablation_of(board, ablated) if ablated else "",
    }
    tables = {
        selection.key: macros.comparisons_of(
            board, compared(board, results, selection), selection, models[0], TARGETS
        )
        for selection in tested(results.run["timesteps"])
    }
    still: dict[str, Part] = {name: Markup(html) for name, html in made.items()}
    return still | {"comparisons": {key: Markup(html) for key, html in tables.items()}}


def contents(data: dict[str, Any], made: dict[str, dict[str, Part]], said: Views) -> dict[str, Any]:
    """Return what the page packs: the numbers, the parts of all boards and the views.

    Of the first board those parts are left out that stand in the page.
    """
    first, *others = made
    kept = {name: html for name, html in made[first].items() if name not in STILL}
    return {
        "data": data,
        "parts": {first: kept} | {key: made[key] for key in others},
        "views": said,
    }


def _charts(board: Board, results: Results) -> dict[str, Any]:
    said = headline(board)
    gap = {
        "headline": said,
        "wide": _svg(gap_against_energy(board, WIDE), said),
        "narrow": _svg(gap_against_energy(board, NARROW), said),
    }
    steps = {"headline": reach(board)}
    steps["drawing"] = _svg(psnr_against_timesteps(board, SINGLE), steps["headline"])
    rates = layer_rates.layer_rates(board, results)
    if rates is None:
        return {"gap": gap, "steps": steps, "rates": None}
    said = layer_rates.headline(rates)
    drawing = _svg(layer_rates.rate_per_layer(rates, board, SINGLE), said)
    return {
        "gap": gap,
        "steps": steps,
        "rates": {"headline": said, "drawing": drawing, "table": rates},
    }


def _sensitivity(board: Board, results: Results) -> dict[str, Any]:
    models = results.titles
    ranks = ranks_over_models(board, list(models))
    said = rank_headline(ranks, list(models))
    drawing = ranking_over_models(board, models, SINGLE)
    return {
        "headline": said,
        "drawing": _svg(drawing, f"{said}. {spoken(ranks, models)}"),
    }


def _ablation(board: Board, results: Results) -> dict[str, Any] | None:
    found = ablation(board, results.methods)
    if found is None:
        return None
    said = summary(found)
    return {
        "found": found,
        "page": links.method_page(found.method.label),
        "summary": said,
        "loss": _svg(loss_against_timesteps(found, SINGLE), said),
        "entropy": _svg(entropy_against_timesteps(found, SINGLE), "Entropy of the output. " + said),
    }


def _svg(chart: Any, label: str) -> Markup:
    return Markup(svg(chart, label))
