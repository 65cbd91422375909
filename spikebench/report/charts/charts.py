"""The two charts of a board: gap to the ANN against energy, and PSNR against T.

What is not finite is not drawn.
"""

import math
from collections import Counter

import altair as alt
import numpy as np
import pandas as pd

from spikebench.report.boards.board import Board
from spikebench.report.charts.canvas import INK, PALETTE, QUIET, Frame, domain, draw, field_of

LABEL = (32, 14)  # pixels that "T=16" takes
HEADROOM = 0.06  # of the span between floor and ceiling, left free above and below


ENERGY_TICKS = [m * 10**e for e in range(-4, 3) for m in (1, 2, 5)]


def gap_against_energy(board: Board, frame: Frame) -> alt.LayerChart:
    """Draw each method's path through its T: energy ratio (log) against the gap in dB."""
    table, twin = _tables(board)
    floor, ceiling = bounds(board)
    bottom = floor - ceiling
    x = _energy_axis(pd.concat([table["energy"], twin["energy"]]), frame)
    y = _axis("gap:Q", "PSNR minus the ANN's, dB", bottom, 0.0)
    marks = [
        _level(0.0, "ANN", y),
        _level(bottom, "degraded input", y, frame),
        _ann_energy(x),
        *_twin(twin, frame, x, y),
        *_front(table, x, y),
        *([] if frame.small else _timesteps(table, highlighted(board)[:1], frame, x, y)),
    ]
    return draw(table, frame, x, y, marks)


def psnr_against_timesteps(board: Board, frame: Frame) -> alt.LayerChart:
    """Draw PSNR in dB against T (log) between the floor and the ceiling."""
    table, twin = _tables(board)
    floor, ceiling = bounds(board)
    grid = sorted(table["T"].unique().tolist())
    x = (
        alt.X("T:Q", title="timesteps T (log)")
        .scale(type="log", base=2, nice=False)
        .axis(values=grid, format="d", grid=False)
    )
    y = _axis("psnr:Q", "PSNR, dB", floor, ceiling)
    levels = [_level(ceiling, "ANN", y), _level(floor, "degraded input", y, frame)]
    return draw(table, frame, x, y, [*levels, *_twin(twin, frame, x, y)])


def highlighted(board: Board) -> list[str]:
    """Return the rows drawn in colour: those on the front first, then by their best PSNR.

    Of the variants of one method the first comes before the second of any other.
    """
    best: dict[str, tuple[bool, float]] = {}
    files: dict[str, str] = {}
    for row in board.competitors:
        on_front, psnr = best.get(row.name, (False, -math.inf))
        best[row.name] = (on_front or row.pareto, max(psnr, row.psnr))
        files[row.name] = board.files.get(row.method, row.method)
    ordered = sorted(best, key=lambda name: best[name], reverse=True)
    seen = Counter[str]()
    turn: dict[str, int] = {}
    for name in ordered:
        turn[name] = seen[files[name]]
        seen[files[name]] += 1
    return sorted(ordered, key=lambda name: turn[name])[: len(PALETTE)]


def bounds(board: Board) -> tuple[float, float]:
    """Return the PSNR of the degraded input and of the ANN, in dB; where one is not finite, or
    they are equal, what the rows span instead, and 1 dB if they span nothing."""
    floor, ceiling = board.floor, board.ceiling
    if math.isfinite(floor) and math.isfinite(ceiling) and floor < ceiling:
        return floor, ceiling
    seen = [row.psnr for row in board.rows if math.isfinite(row.psnr)] or [0.0]
    return min(seen), max(max(seen), min(seen) + 1.0)


def _tables(board: Board) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what is finite of the competitors, and of the references that depend on T."""
    colours = dict(zip(highlighted(board), PALETTE, strict=False))
    rows = sorted(board.rows, key=lambda row: (row.name, row.timesteps))
    table = pd.DataFrame(
        [
            (
                *(row.name, row.timesteps, row.psnr, row.gap_db, row.energy, row.pareto),
                *(colours.get(row.name, QUIET), row.reference),
            )
            for row in rows
            if row.timesteps and all(map(math.isfinite, (row.psnr, row.gap_db, row.energy)))
        ],
        columns=["name", "T", "psnr", "gap", "energy", "front", "colour", "reference"],
    )
    twin = table["reference"].astype(bool)
    return table[~twin], table[twin]


def _energy_axis(energy: pd.Series, frame: Frame) -> alt.X:
    """Show all energies and the ANN's, on a logarithmic scale; powers of ten where it is small."""
    positive = [*energy[energy > 0], 1.0]
    low, high = min(positive) / 1.15, max(positive) * 1.15
    offered = ENERGY_TICKS[::3] if frame.small else ENERGY_TICKS
    ticks = [tick for tick in offered if low <= tick <= high]
    return (
        alt.X("energy:Q", title="energy, ANN = 1 (log)")
        .scale(type="log", domain=[low, high], nice=False)
        .axis(values=ticks, format="~g", grid=False)
    )


def _axis(field: str, title: str, floor: float, ceiling: float) -> alt.Y:
    """Show what lies between the degraded input and the ANN; what is worse is cut off."""
    room = HEADROOM * (ceiling - floor)
    return alt.Y(field, title=title).scale(domain=[floor - room, ceiling + room], nice=False)


def _front(table: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Draw the Pareto front as steps, and ring its points."""
    front = alt.Chart(table[table["front"].astype(bool)]).encode(x=x, y=y)
    return [
        front.mark_line(clip=True, interpolate="step-after", stroke=INK, strokeWidth=0.8).encode(
            order="energy:Q"
        ),
        front.mark_point(clip=True, filled=False, size=110, stroke=INK, strokeWidth=1.2, opacity=1),
    ]


def _timesteps(
    table: pd.DataFrame, leader: list[str], frame: Frame, x: alt.X, y: alt.Y
) -> list[alt.Chart]:
    """Say the T of the leading row's points, of those that lie close together the first."""
    points = table[table["name"].isin(leader)].sort_values("T")
    low, high = domain(x)
    bottom, top = domain(y)
    across = np.log(points["energy"] / low) / math.log(high / low) * frame.width
    down = (top - points["gap"]) / (top - bottom) * frame.height
    kept: list[tuple[float, float]] = []
    room = []
    for here in zip(across, down, strict=True):
        free = all(abs(here[0] - x) > LABEL[0] or abs(here[1] - y) > LABEL[1] for x, y in kept)
        kept += [here] * free
        room.append(free)
    labels = alt.Chart(points[room]).encode(x=x, y=y)
    return [
        labels.transform_calculate(label="'T=' + datum.T")
        .mark_text(clip=True, align="right", dx=-8, dy=-8, fontSize=11, fill=QUIET)
        .encode(text="label:N")
    ]


def _twin(table: pd.DataFrame, frame: Frame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Draw the references that depend on T, such as the quantised ANN, dashed; name each beside
    the point nearest to a height of its own, if there is room for names."""
    paths = alt.Chart(table).encode(x=x, y=y, detail="name:N", order="T:Q")
    lines = paths.mark_line(clip=True, stroke=QUIET, strokeWidth=1.5, strokeDash=[6, 4])
    if frame.small or table.empty:
        return [lines]
    field, (low, high) = field_of(y), domain(y)
    seen = table[table[field] >= low].sort_values("T")
    heights = {name: place for place, name in enumerate(sorted(set(seen["name"])), start=1)}
    wanted = low + (high - low) * seen["name"].map(heights) / (len(heights) + 1)
    nearest = (seen[field] - wanted).abs().groupby(seen["name"]).idxmin()
    names = alt.Chart(seen.loc[nearest]).encode(x=x, y=y, text="name:N")
    return [lines, names.mark_text(align="left", dx=5, dy=11, fontSize=11, fill=QUIET)]


def _level(value: float, name: str, y: alt.Y, right_of: Frame | None = None) -> alt.Chart:
    """Draw a level with its name at its left end, or at the right one of a frame."""
    level = alt.Chart(pd.DataFrame({"value": [value], "name": [name]}))
    here = y.copy()
    here["shorthand"] = "value:Q"
    rule = level.mark_rule(stroke=INK, strokeWidth=0.6).encode(y=here)
    side = -4 if right_of else 4
    text = level.mark_text(
        dy=-6, fontSize=11, fill=INK, align="right" if right_of else "left", dx=side
    )
    end = alt.value(right_of.width if right_of else 0)
    return rule + text.encode(x=end, y=here, text="name:N")


def _ann_energy(x: alt.X) -> alt.Chart:
    here = x.copy()
    here["shorthand"] = "value:Q"
    one = alt.Chart(pd.DataFrame({"value": [1.0]}))
    return one.mark_rule(stroke=QUIET, strokeWidth=1, strokeDash=[2, 3]).encode(x=here)
