"""What all charts share: sizes, colours, lines with names beside them, axes.

Colours stand for methods (Okabe & Ito's palette). Ink and lines have fixed colours that the page
replaces, so that one drawing serves light and dark.
"""

from dataclasses import dataclass
from typing import Any, cast

import altair as alt
import pandas as pd

from spikebench.report.charts.labels import beside

PALETTE = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]
INK, QUIET, LINE = "#101418", "#5d6671", "#d5dae0"  # replaced in assets/page.css


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
    return framed(layered(*layers), frame, bottom=AXIS)


def _names(table: pd.DataFrame, frame: Frame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Name each line in the column on the right, with a leader from where it ends."""
    ends = table.sort_values("T").groupby("name", as_index=False).last()
    (low, high), field = domain(y), field_of(y)
    per_pixel = (high - low) / frame.height
    ends = ends[ends[field] >= low].sort_values(field, ascending=False, ignore_index=True)
    heights = ((high - ends[field]) / per_pixel).tolist()
    lines = beside(ends["name"].tolist(), heights, frame.font, frame.names - 22, frame.height)
    places = pd.DataFrame(
        [(line.name, line.text, high - line.height * per_pixel) for line in lines],
        columns=["place", "text", "level"],
    )
    middles = places.groupby("place")["level"].mean()
    side = y.copy()
    side["shorthand"] = "level:Q"
    leader = (
        alt.Chart(ends.assign(level=middles))
        .mark_rule(strokeWidth=1, opacity=0.6)
        .encode(
            x=x,
            x2=alt.value(frame.width + 14),
            y=y,
            y2=alt.Y2("level:Q"),
            color=alt.Color("colour:N").scale(None).legend(None),
        )
    )
    return [leader, words(places, frame, 14).encode(y=side)]


def layered(*layers: alt.Chart | alt.LayerChart) -> alt.LayerChart:
    """Return charts on top of each other; none of them is in facets."""
    return cast(alt.LayerChart, alt.layer(*layers))


def domain(axis: alt.X | alt.Y) -> tuple[float, float]:
    """Return where the scale of an axis begins and ends."""
    low, high = cast(dict[str, Any], axis.to_dict())["scale"]["domain"]
    return low, high


def field_of(axis: alt.X | alt.Y) -> str:
    """Return the column that an axis shows."""
    return cast(str, cast(dict[str, Any], axis.to_dict())["field"])


def words(lines: pd.DataFrame, frame: Frame, space: int) -> alt.Chart:
    """Write each `text` of a table in the column of names, `space` pixels beside the plot."""
    text = alt.Chart(lines).mark_text(
        align="left", dx=4, fontSize=frame.font, fill=INK, limit=frame.names - space - 4
    )
    return text.encode(x=alt.value(frame.width + space), text="text:N")


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
