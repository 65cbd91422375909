"""What the page says under each energy model: its findings, and the least energy near the ANN."""

from typing import Any, cast

from jinja2 import Environment
from markupsafe import Markup

from spikebench.report.boards.board import Board
from spikebench.report.boards.findings import findings
from spikebench.report.boards.reached import MARGINS, matrix
from spikebench.report.results import Results
from spikebench.results.frames import records

Views = dict[str, dict[str, Markup]]  # by part of the page and energy model


def views(boards: list[Board], results: Results, environment: Environment) -> Views:
    """Return the HTML of each part under each model, the one that ranks first."""
    said = cast(Any, environment.get_template("leaderboard/findings.html.j2").module)
    table = cast(Any, environment.get_template("leaderboard/reached.html.j2").module)
    found: Views = {"findings": {}, "reached": {}}
    for place, model in enumerate(records(results.energy_models)):
        here = [board.under(model["name"]) for board in boards]
        # Tests were made of what is shown under the first model alone.
        tests = None if place else results.comparisons
        asked = model["name"] if place else ""
        found["findings"][model["name"]] = said.findings_list(findings(here, tests, asked))
        found["reached"][model["name"]] = table.reached_table(matrix(here), MARGINS, model)
    return found
