"""Which rows ran on which data set and network; and why not, where a method refused."""

from collections.abc import Sequence
from dataclasses import dataclass

from spikebench.report.boards.board import Board
from spikebench.report.results import Results
from spikebench.report.text import listing, plural
from spikebench.results.frames import records

NOT_RUN, REFUSED = "not run", "refused"


@dataclass(frozen=True)
class Line:
    """A row of methods.parquet: on each board the T that it ran at, or why there is none."""

    method: str
    name: str
    cells: list[str]

    @property
    def boards(self) -> int:
        """On how many boards it ran."""
        return sum(cell not in (NOT_RUN, REFUSED) for cell in self.cells)


@dataclass(frozen=True)
class Coverage:
    """The matrix of competing rows and boards, in the order of the configuration."""

    boards: Sequence[Board]
    lines: list[Line]

    @property
    def summary(self) -> str:
        """How many rows ran on every board, and what each board lacks."""
        whole = sum(line.boards == len(self.boards) for line in self.lines)
        ran = [
            f"{sum(line.cells[place] not in (NOT_RUN, REFUSED) for line in self.lines)} on "
            f"{board.title}"
            for place, board in enumerate(self.boards)
        ]
        return (
            f"Of {plural(len(self.lines), 'row')} {whole} ran on every board: {listing(ran)}. What "
            "was not run is no result, good or bad."
        )


def coverage(results: Results, boards: Sequence[Board]) -> Coverage:
    """Return which competing rows of a run ran on which of its boards."""
    methods = records(results.methods[results.methods["family"] != "reference"])
    steps = [_steps(board) for board in boards]
    refused = {(entry["backbone"], entry["method"]) for entry in results.run["refusals"]}

    def cell(method: str, board: Board, ran: dict[str, list[int]]) -> str:
        if method in ran:
            return _span(ran[method])
        return REFUSED if (board.backbone, method) in refused else NOT_RUN

    lines = [
        Line(
            entry["method"],
            entry["name"],
            [cell(entry["method"], *pair) for pair in zip(boards, steps, strict=True)],
        )
        for entry in methods
    ]
    return Coverage(boards, lines)


def _steps(board: Board) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in board.competitors:
        found.setdefault(row.method, []).append(row.timesteps)
    return found


def _span(steps: list[int]) -> str:
    """Return the T of a row in few words: "T = 4", or "T = 1 to 32"."""
    first, last = min(steps), max(steps)
    return f"T = {first}" if first == last else f"T = {first} to {last}"
