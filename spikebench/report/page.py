"""Render the page from its template."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
from jinja2 import Environment
from markupsafe import Markup

from spikebench.report import text
from spikebench.report.ablation import Ablation, ablation, summary
from spikebench.report.ablation_charts import entropy_against_timesteps, loss_against_timesteps
from spikebench.report.board import TASKS, Board
from spikebench.report.charts import NARROW, WIDE, gap_against_energy, psnr_against_timesteps
from spikebench.report.cite import bibtex, command
from spikebench.report.compared import compared, standings
from spikebench.report.document import HERE, environment_of
from spikebench.report.findings import findings, headline
from spikebench.report.pictures import comparison
from spikebench.report.results import Results
from spikebench.report.sensitivity import headline as rank_headline
from spikebench.report.sensitivity import ranking_over_models, ranks_over_models, spoken
from spikebench.report.svg import svg
from spikebench.report.trust import hashes, known_numbers, verdict
from spikebench.rules import DEFAULT
from spikebench.statistics.targets import TARGETS


def render(results: Results, boards: list[Board]) -> str:
    """Return the page as HTML that loads nothing and runs only its own script."""
    script = (HERE / "assets" / "page.js").read_text(encoding="utf-8")
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            run=results.run,
            table_id=results.table_id,
            facts=_facts(results, boards),
            findings=findings(boards, results.comparisons),
            standings=standings(results),
            targets=TARGETS,
            boards=[_shown(board, results) for board in boards],
            default_rule=DEFAULT.key,
            rules=boards[0].rules,
            kinds=sorted({row.spike_class for board in boards for row in board.competitors}),
            models=results.energy_models.to_dict("records"),
            configuration=results.configuration,
            methods=results.methods.to_dict("records"),
            known=known_numbers(results, boards),
            hashes=hashes(results),
            bibtex=bibtex(results),
            command=command(results),
            measures_lpips=bool(results.images["lpips"].notna().any()),
            style=Markup((HERE / "assets" / "page.css").read_text(encoding="utf-8")),
            script=Markup(script),
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


def environment() -> Environment:
    """Return how pages are rendered, with what only these templates ask."""
    found = environment_of()
    found.globals |= {"verdict": verdict}
    return found


def _shown(board: Board, results: Results) -> dict[str, Any]:
    """Return what the template needs of a board: itself, its charts and its pictures."""
    drawings = (gap_against_energy, psnr_against_timesteps)
    return {
        "board": board,
        "headline": headline(board),
        "charts": _drawn(drawings, board, headline(board)),
        "compared": compared(board, results),
        "comparison": comparison(board, results.pictures),
        "ablation": _ablation(board, results),
        "priced": board.shown(DEFAULT),
        "sensitivity": _sensitivity(board, results),
    }


def _sensitivity(board: Board, results: Results) -> dict[str, Any]:
    models = dict(results.energy_models[["name", "title"]].itertuples(index=False))
    ranks = ranks_over_models(board, list(models))
    return {
        "headline": rank_headline(ranks, list(models)),
        "wide": _svg(ranking_over_models(board, list(models), WIDE), spoken(ranks, models)),
        "narrow": _svg(ranking_over_models(board, list(models), NARROW), spoken(ranks, models)),
    }


def _ablation(board: Board, results: Results) -> dict[str, Any] | None:
    """Return what the template needs of a board's ablation, None where there is none."""
    found = ablation(board, results.methods)
    if found is None:
        return None
    drawings = (loss_against_timesteps, entropy_against_timesteps)
    said = summary(found)
    return {"found": found, "summary": said, "charts": _drawn(drawings, found, said)}


def _drawn(
    drawings: Sequence[Callable[..., alt.LayerChart]], shown: Board | Ablation, label: str
) -> list[dict]:
    """Return each drawing wide, for a desk, and narrow, for a phone."""
    return [
        {"wide": _svg(draw(shown, WIDE), label), "narrow": _svg(draw(shown, NARROW), label)}
        for draw in drawings
    ]


def _svg(chart: alt.LayerChart, label: str) -> Markup:
    return Markup(svg(chart, label))


def _facts(results: Results, boards: list[Board]) -> list[str]:
    """Return the size of the run in a few words each."""
    tasks = sorted({TASKS[board.task] for board in boards})
    grid = results.run["timesteps"]
    competing = results.methods[results.methods["family"] != "reference"]
    return [
        text.listing(tasks),
        text.plural(results.images["dataset"].nunique(), "data set"),
        text.plural(results.images["backbone"].nunique(), "backbone"),
        text.plural(len(competing), "row") + " of methods",
        f"T = {', '.join(map(str, grid))}",
        text.plural(len(results.images[["dataset", "image"]].drop_duplicates()), "image"),
        results.run["created"][:10],
    ]
