"""The two charts of a board: gap to the ANN against energy, and PSNR against T.

Colours stand for methods (Okabe & Ito's palette). Ink and lines have fixed colours that the page
replaces, so that one drawing serves light and dark. What is not finite is not drawn.
"""

import math
from dataclasses import dataclass

import altair as alt
import pandas as pd

from spikebench.report.board import Board
from spikebench.report.labels import spread

PALETTE = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]
INK, QUIET, LINE = "#101418", "#5d6671", "#d5dae0"  # replaced in assets/page.css
HEADROOM = 0.06  # of the span between floor and ceiling, left free above and below


@dataclass(frozen=True)
class Frame:
    """The size of a plot in pixels; to its left stands its axis, to its right the names."""

    width: int
    height: int
    names: int  # width of the column of names
    font: int

    @property
    def small(self) -> bool:
        return self.width < 250


WIDE = Frame(width=820, height=430, names=230, font=13)
NARROW = Frame(width=155, height=260, names=140, font=11)
SINGLE = Frame(width=290, height=300, names=190, font=13)  # one for desk and phone
AXIS = 62  # pixels for the numbers and the title of an axis
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
        _level(bottom, "degraded input", y),
        _ann_energy(x),
        *_twin(twin, x, y),
        *_front(table, [] if frame.small else highlighted(board)[:1], x, y),
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
    levels = [_level(ceiling, "ANN", y), _level(floor, "degraded input", y)]
    return draw(table, frame, x, y, [*levels, *_twin(twin, x, y)])


def highlighted(board: Board) -> list[str]:
    """Return the methods drawn in colour: those on the front first, then by their best PSNR."""
    best: dict[str, tuple[bool, float]] = {}
    for row in board.competitors:
        on_front, psnr = best.get(row.name, (False, -math.inf))
        best[row.name] = (on_front or row.pareto, max(psnr, row.psnr))
    return sorted(best, key=lambda name: best[name], reverse=True)[: len(PALETTE)]


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


def draw(
    table: pd.DataFrame, frame: Frame, x: alt.X, y: alt.Y, marks: list[alt.Chart]
) -> alt.LayerChart:
    """Draw the paths of a table through their T, named on the right, over `marks`.

    `table` has name, T, colour and what `x` and `y` show, whose scale must have a domain; paths in
    `QUIET` stay in the background and have no name.
    """
    points = alt.Chart(table).encode(x=x, y=y)
    paths = points.encode(detail="name:N", order="T:Q")
    colour = alt.Color("colour:N").scale(None).legend(None)
    named = alt.datum.colour != QUIET
    layers = [
        paths.transform_filter(~named).mark_line(clip=True, stroke=LINE, strokeWidth=1.5),
        *marks,
        paths.transform_filter(named).mark_line(clip=True, strokeWidth=2).encode(color=colour),
        points.transform_filter(named)
        .mark_point(clip=True, filled=True, size=28, opacity=1)
        .encode(color=colour),
        *_names(table[table["colour"] != QUIET], frame, x, y),
    ]
    return framed(alt.layer(*layers), frame, bottom=AXIS)


def _names(table: pd.DataFrame, frame: Frame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Name each line in the column on the right, with a leader from where it ends."""
    ends = table.sort_values("T").groupby("name", as_index=False).last()
    low, high = y.to_dict()["scale"]["domain"]
    field = y.to_dict()["field"]
    per_pixel = (high - low) / frame.height
    ends = ends[ends[field] >= low].sort_values(field, ascending=False)
    heights = (high - ends[field]) / per_pixel
    placed = spread(heights.tolist(), frame.font + 4, frame.height)
    ends = ends.assign(level=[high - height * per_pixel for height in placed])
    base = alt.Chart(ends)
    side = y.copy()
    side["shorthand"] = "level:Q"
    leader = base.mark_rule(strokeWidth=1, opacity=0.6).encode(
        x=x,
        x2=alt.value(frame.width + 14),
        y=y,
        y2=alt.Y2("level:Q"),
        color=alt.Color("colour:N").scale(None).legend(None),
    )
    words = {"fontSize": frame.font, "fill": INK, "limit": frame.names - 18}  # px; then "…"
    text = base.mark_text(align="left", dx=4, **words).encode(
        x=alt.value(frame.width + 14), y=side, text="name:N"
    )
    return [leader, text]


def _front(table: pd.DataFrame, leader: list[str], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Draw the Pareto front as steps, ring its points, say the T of the leading method's."""
    on_front = table[table["front"].astype(bool)]
    front = alt.Chart(on_front).encode(x=x, y=y)
    steps = alt.Chart(table[table["name"].isin(leader)]).encode(x=x, y=y)
    return [
        front.mark_line(clip=True, interpolate="step-after", stroke=INK, strokeWidth=0.8).encode(
            order="energy:Q"
        ),
        front.mark_point(clip=True, filled=False, size=110, stroke=INK, strokeWidth=1.2, opacity=1),
        steps.transform_calculate(label="'T=' + datum.T")
        .mark_text(clip=True, align="right", dx=-8, dy=-8, fontSize=11, fill=QUIET)
        .encode(text="label:N"),
    ]


def _twin(table: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Draw the references that depend on T, such as the quantised ANN, dashed, and name each."""
    paths = alt.Chart(table).encode(x=x, y=y, detail="name:N", order="T:Q")
    starts = alt.Chart(table.groupby("name", as_index=False).first()).encode(x=x, y=y)
    return [
        paths.mark_line(clip=True, stroke=QUIET, strokeWidth=1.5, strokeDash=[6, 4]),
        starts.mark_text(clip=True, align="left", dx=6, dy=4, fontSize=11, fill=QUIET).encode(
            text="name:N"
        ),
    ]


def _level(value: float, name: str, y: alt.Y) -> alt.Chart:
    level = alt.Chart(pd.DataFrame({"value": [value], "name": [name]}))
    here = y.copy()
    here["shorthand"] = "value:Q"
    rule = level.mark_rule(stroke=INK, strokeWidth=1, strokeDash=[5, 3]).encode(y=here)
    text = level.mark_text(align="left", dx=4, dy=-6, fontSize=11, fill=INK)
    return rule + text.encode(x=alt.value(0), y=here, text="name:N")


def _ann_energy(x: alt.X) -> alt.Chart:
    here = x.copy()
    here["shorthand"] = "value:Q"
    one = alt.Chart(pd.DataFrame({"value": [1.0]}))
    return one.mark_rule(stroke=QUIET, strokeWidth=1, strokeDash=[2, 3]).encode(x=here)


def framed(chart: alt.LayerChart, frame: Frame, bottom: int) -> alt.LayerChart:
    """Give a chart its size, the margins of its frame and the page's plain axes."""
    sized = chart.properties(
        width=frame.width,
        height=frame.height,
        padding={"left": AXIS, "right": frame.names, "top": 8, "bottom": bottom},
        autosize={"type": "none"},
    )
    return (
        sized.configure(font="system-ui, sans-serif", background="transparent")
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=frame.font - 1,
            titleFontSize=frame.font,
            titleFontWeight="normal",
            titlePadding=10,
            labelColor=QUIET,
            titleColor=INK,
            gridColor=LINE,
            gridOpacity=0.6,
            domainColor=QUIET,
            tickColor=QUIET,
        )
    )
