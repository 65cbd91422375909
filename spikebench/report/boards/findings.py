"""Findings: what a run says, in sentences made from its numbers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from spikebench.analysis.selection import EVERY, HALF
from spikebench.analysis.statistics import ENOUGH, MARGIN, compare
from spikebench.report.address import view, worst_of_all
from spikebench.report.boards.board import Board
from spikebench.report.boards.compared import pairs
from spikebench.report.boards.reached import MARGINS, QUANTISED, reached, spread
from spikebench.report.boards.row import Row
from spikebench.report.text import db, listing, p_value, percent, plural

NO_PSNR = "No row has a finite PSNR on any image"
NEAR = MARGINS[0]


@dataclass(frozen=True)
class Finding:
    """A sentence and the state of the table that shows it, as a location hash."""

    text: str
    link: str


def findings(
    boards: list[Board], comparisons: pd.DataFrame | None, model: str = ""
) -> list[Finding]:
    """Return three findings: what hangs on the energy model, quality at half the energy, the floor.

    The first two are about the first board, the third about all boards. `comparisons` is of the
    energy model that ranks, None under another one, which `model` then names.
    """
    first = boards[0]
    return [reversal(first, model), quality(first, comparisons, model), below_floor(boards)]


def headline(board: Board) -> str:
    """Return the least energy within `MARGINS[0]` dB of the ANN by kind of spikes, as a title."""
    if not _measured(board):
        return NO_PSNR
    spikes = [each for each in reached(board, NEAR) if each.kind != QUANTISED]
    there = [f"{each.kind} {percent(each.best.energy)}" for each in spikes if each.rows]
    missing = [each.kind for each in spikes if not each.rows]
    if not there:
        return f"No spikes of any kind come within {NEAR} dB of the ANN"
    said = f"Within {NEAR} dB of the ANN: {listing(there)} of its energy"
    return f"{said}; {listing(missing)} not reached" if missing else said


def reversal(board: Board, model: str = "") -> Finding:
    """Say how the least energy within `MARGINS[0]` dB of the ANN depends on the energy model."""
    link = view(board, EVERY, model)
    found = [each for each in reached(board, NEAR) if each.rows and each.kind != QUANTISED]
    where = f"{_place(board)}:"
    if not found:
        return Finding(f"{where} no method comes within {NEAR} dB of the ANN.", link)
    row = min((each.best for each in found), key=lambda row: row.energy)
    dearer = [name for name, price in row.prices.items() if price.ratio > 1]
    models = plural(len(row.prices), "energy model")
    text = (
        f"{where} the least energy within {NEAR} dB of the ANN is that of {_at(row)}, "
        f"{percent(row.energy)} of the ANN's. Under the {models} here it is {spread(row)}, "
    )
    verdict = f"above the ANN's under {len(dearer)} of them" if dearer else "always below the ANN's"
    return Finding(f"{text}{verdict}.{_digits(row)}", link)


def reach(board: Board) -> str:
    """Return how few timesteps suffice to come near the ANN, as the title of a chart against T."""
    if not _measured(board):
        return NO_PSNR
    near = [row for row in board.competitors if row.gap_db >= -NEAR]
    if not near:
        return f"No method comes within {NEAR} dB of the ANN at any T"
    first = min(near, key=lambda row: (row.timesteps, -row.quality))
    digits = ", in spikes of several digits" if first.sends_digits else ""
    return (
        f"{first.name} is the first within {NEAR} dB of the ANN, at T = {first.timesteps}{digits}"
    )


def quality(board: Board, comparisons: pd.DataFrame | None, model: str = "") -> Finding:
    """Say who restores best at no more than half of the ANN's energy, and how surely."""
    where = f"{_place(board)}: at no more than half of the ANN's energy,"
    link = view(board, HALF, model)
    shown = [row for row in board.shown(HALF) if row.measured]
    if not shown:
        return Finding(f"{where} no method has any result.", link)
    best = shown[0]
    text = (
        f"{where} {_at(best)} restores best: {_gap(best)} from the ANN, for "
        f"{percent(best.energy)} of its energy.{_digits(best)}"
    )
    if comparisons is None:
        return Finding(text + _alone(best, shown[1:], board), link)
    return Finding(text + _lead(shown[1:], comparisons, board), link)


def below_floor(boards: list[Board]) -> Finding:
    """Say how many results are worse than leaving the degraded image as it is."""
    rows = [row for board in boards for row in _measured(board)]
    below = [row for row in rows if row.psnr < row.psnr_input]
    link = worst_of_all(EVERY)
    if not rows:
        return Finding(f"{NO_PSNR}, so none is compared with the degraded input.", link)
    if not below:
        text = f"All {plural(len(rows), 'result')} improve on the degraded input they started from."
        return Finding(text, link)
    steps = sorted({row.timesteps for row in below})
    text = (
        f"{len(below)} of {plural(len(rows), 'result')} are worse than the degraded input itself: "
        f"with too few timesteps (T = {', '.join(map(str, steps))}) a conversion can do harm."
    )
    return Finding(text, link)


def _measured(board: Board) -> list[Row]:
    return [row for row in board.competitors if row.measured]


def _lead(others: list[Row], comparisons: pd.DataFrame, board: Board) -> str:
    """Say whether the best is distinguishable from the next, paired over the images."""
    if not others:
        return ""
    second = others[0]
    images = plural(board.compared, "image")
    behind = pairs(comparisons, board, "best", HALF.key)[second.method]
    if behind.equal:
        return f" Within {MARGIN} dB it is equal to {_at(second)}, on {images}."
    if board.compared < ENOUGH:
        return f" {images} cannot tell whether it beats {_at(second)}."
    if behind.distinct:
        return (
            f" It leads {_at(second)} by {db(-behind.mean)} dB [{db(-behind.high)}, "
            f"{db(-behind.low)}], paired over {images} ({_p(behind.p)}, corrected for "
            f"{plural(len(others), 'comparison')})."
        )
    return f" On {images} it cannot be told from {_at(second)}."


def _alone(best: Row, others: list[Row], board: Board) -> str:
    """Say the same of the two rows alone, by the tests that ranks rest on."""
    if not others:
        return ""
    second, images = others[0], plural(board.compared, "image")
    pair = compare(np.stack([best.per_image, second.per_image]))
    if pair.equal[0, 1]:
        return f" Within {MARGIN} dB it is equal to {_at(second)}, on {images}."
    if pair.better[0, 1]:
        return f" A t-test on {images} tells it from {_at(second)} at 5 %."
    return f" On {images} it cannot be told from {_at(second)}."


def _p(p: float | None) -> str:
    text = p_value(p)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def _place(board: Board) -> str:
    return f"{board.task_name.capitalize()}, {board.title}"


def _at(row: Row) -> str:
    return f"{row.name} at T = {row.timesteps}"


def _digits(row: Row) -> str:
    """Say of a row whose spikes have digits what that means."""
    if not row.sends_digits:
        return ""
    if row.timesteps > 1:
        return " Its spikes have several digits."
    return " At T = 1 that is a quantised ANN whose activations are sent as digits."


def _gap(row: Row) -> str:
    mean, low, high = (db(gap, sign=True) for gap in (row.gap_db, row.gap_low, row.gap_high))
    return f"{mean} dB [{low}, {high}]"
