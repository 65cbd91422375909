"""Render the first page of a run from its template."""

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from spikebench.analysis.selection import DEFAULT, offered
from spikebench.analysis.statistics import MARGIN
from spikebench.metrics.protocols import PROTOCOLS
from spikebench.report import links, text
from spikebench.report.address import state
from spikebench.report.boards.ablation import ablation
from spikebench.report.boards.board import Board
from spikebench.report.boards.columns import ALWAYS, columns
from spikebench.report.boards.compared import standings
from spikebench.report.boards.coverage import coverage
from spikebench.report.boards.entries import entry
from spikebench.report.boards.remarks import notes, remarks
from spikebench.report.boards.trust import checks, hashes, known_numbers
from spikebench.report.document import HERE, asset, document, environment_of
from spikebench.report.leaderboard.cite import bibtex, command
from spikebench.report.leaderboard.parts import contents, parts
from spikebench.report.leaderboard.pictures import comparison
from spikebench.report.leaderboard.shipped import shipped
from spikebench.report.leaderboard.shipped_board import refusals
from spikebench.report.leaderboard.views import views
from spikebench.report.packing import packed
from spikebench.report.results import Results
from spikebench.results.frames import records
from spikebench.spike_kinds import SpikeKind


def render(results: Results, boards: list[Board]) -> str:
    """Return the page as HTML that loads nothing and runs only its own script.

    A run without rows gets a page that says so, and why: what failed, and who refused.
    """
    shown = {board.backbone for board in boards}
    shared: dict[str, Any] = {
        "run": results.run,
        "refusals": [entry for entry in results.run["refusals"] if entry["backbone"] not in shown],
        "links": links,
        "command": command(results),
        "configuration": results.configuration,
    }
    if not boards:
        return document("leaderboard/empty.html.j2", links.INDEX, **shared)
    return document(
        "leaderboard/page.html.j2",
        links.INDEX,
        styles=["index.css"],
        scripts=[asset("unpack.js"), script()],
        **shared,
        **_of_boards(results, boards),
        table_id=results.table_id,
        facts=_facts(results, boards),
        margin=MARGIN,
        standings=standings(results),
        coverage=coverage(results, boards),
        models=records(results.energy_models),
        known=known_numbers(results, boards),
        hashes=hashes(results),
        bibtex=bibtex(results),
    )


def script() -> str:
    """Return the page's script: the files of assets/index, in the order of their names."""
    files = sorted((HERE / "assets" / "index").glob("*.js"))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def environment() -> Environment:
    """Return how pages are rendered, with what only these templates ask."""
    found = environment_of()
    found.globals |= {"checks": checks}
    return found


def _of_boards(results: Results, boards: list[Board]) -> dict[str, Any]:
    """Return the boards, their parts, the first one's rows, and what can be chosen of them."""
    made = {board.key: parts(board, results, environment_of()) for board in boards}
    said = views(boards, results, environment_of())
    rows = [row for board in boards for row in board.competitors]
    names = dict(zip(results.methods["method"], results.methods["name"], strict=True))
    return {
        "boards": boards,
        "grid": results.grid,
        "first": made[boards[0].key],
        "said": {part: next(iter(by_model.values())) for part, by_model in said.items()},
        "packed": packed(contents(shipped(results, boards), made, said)),
        "ablated": next(
            (found for board in boards if (found := ablation(board, results.methods))), None
        ),
        "comparison": comparison(boards[0], results.pictures),
        "columns": columns(results),
        "always": ALWAYS,
        "entry": entry,
        "notes": notes(results.methods),
        "remarks": remarks(results.methods),
        "refused": [
            {"label": label, "name": names[label], "reason": reason}
            for label, reason in refusals(boards[0], results)
        ],
        "tasks": _pairs((board.task, board.task_name) for board in boards),
        "sets": _pairs((board.dataset, board.set_title) for board in boards),
        "nets": _pairs((board.backbone, board.net_title) for board in boards),
        "families": _pairs((row.family, row.family) for row in rows),
        "kinds": _pairs((row.spike_class, row.spike_class) for row in rows),
        "spikes": [kind for kind in SpikeKind if kind.sends],
        "remarked": _remarked(results),
        "protocols": _protocols(boards),
        "default_selection": DEFAULT,
        "budgets": [(state(s)["x"], s.budget) for s in offered([]) if s.budget is not None],
        "seeds": int(results.leaderboard["seeds"].max()),
        "checks": checks,
    }


def _protocols(boards: list[Board]) -> list[tuple[str, Markup]]:
    """Return name and description of the protocols that the boards were measured by."""
    names = dict.fromkeys(board.protocol for board in boards)
    return [(name, text.inline(PROTOCOLS[name].description)) for name in names if name in PROTOCOLS]


def _remarked(results: Results) -> list[tuple[str, str]]:
    """Return title and summary of the methods whose title bears a remark in brackets."""
    methods = results.methods[["title", "summary"]].drop_duplicates("title")
    return [(title, about) for title, about in methods.itertuples(index=False) if " (" in title]


def _pairs(pairs: Any) -> list[tuple[str, str]]:
    """Return what a list offers, as (value, text), each once."""
    return list(dict.fromkeys(pairs))


def _facts(results: Results, boards: Sequence[Board]) -> list[str]:
    """Return the size of the run in a few words each."""
    tasks = sorted({board.task_name for board in boards})
    competing = results.methods[results.methods["family"] != "reference"]
    return [
        text.listing(tasks),
        text.plural(results.scenes["dataset"].nunique(), "data set"),
        text.plural(results.images["backbone"].nunique(), "network"),
        text.plural(len(competing), "row") + " of methods",
        _steps(results),
        text.plural(len(results.scenes), "image"),
        results.run["created"][:10],
    ]


def _steps(results: Results) -> str:
    """Return the T of the run, and apart from it those that only some rows have of their own."""
    grid = results.run["timesteps"]
    own = [time for time in results.grid if time not in grid]
    apart = f" (some rows {', '.join(map(str, own))})" if own else ""
    return f"T = {', '.join(map(str, grid))}{apart}"
