"""Make a drawing of Vega's small: the same picture in a tenth of the text.

Vega writes every mark with all its attributes, coordinates to fourteen places, and names of clip
paths that count on from drawing to drawing. Here marks of one style become one path, coordinates
have one decimal, and the same drawing always gives the same text.
"""

import hashlib
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

import altair as alt
import vl_convert

NAMESPACE = "{http://www.w3.org/2000/svg}"
STYLES = {  # kept where they differ from what an SVG reader assumes
    "fill": None,
    "stroke": None,
    "stroke-width": "1",
    "stroke-dasharray": None,
    "stroke-opacity": "1",
    "opacity": "1",
    "text-anchor": "start",
    "font-size": None,
}
NUMBER = r"-?[\d.]+(?:e-?\d+)?"
POINT = re.compile(rf"([MLHV])({NUMBER})(?:,({NUMBER}))?")
CIRCLE = re.compile(rf"M({NUMBER}),0A")  # as Vega draws it, around (0, 0)


@dataclass(frozen=True)
class _Mark:
    """A mark of a drawing: what it is drawn with, and where."""

    kind: str  # path, text or circle
    clipped: bool
    style: tuple[tuple[str, str], ...]
    body: str


def svg(chart: alt.LayerChart, label: str) -> str:
    """Return a chart as SVG text, with `label` as what a screen reader says."""
    return slim(vl_convert.vegalite_to_svg(chart.to_dict(validate=False)), label)


def slim(drawing: str, label: str) -> str:
    """Return a drawing of Vega's, an SVG text, with `label` as what a screen reader says."""
    root = ET.fromstring(drawing)
    marks = list(_marks(root, 0.0, 0.0, False))
    body = "".join(
        _group(kind, dict(style), clipped, [mark.body for mark in group])
        for (kind, clipped, style), group in groupby(
            marks, key=lambda mark: (mark.kind, mark.clipped, mark.style)
        )
    )
    clip = _clip(root)
    name = "c" + hashlib.sha256((body + clip).encode()).hexdigest()[:8]
    if clip:
        body = f'<clipPath id="{name}">{clip}</clipPath>' + body.replace("url(#)", f"url(#{name})")
    width, height = (number(float(root.get(side, "0"))) for side in ("width", "height"))
    return (
        f'<svg role="img" aria-label={quoteattr(label)} width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" fill="none">{body}</svg>'
    )


def number(value: float) -> str:
    """Return a coordinate with one decimal at most."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")  # + 0.0: no "-0"


def _marks(node: ET.Element, x: float, y: float, clipped: bool) -> Iterator[_Mark]:
    """Yield what is to be seen, in the order of painting, its place counted from the corner."""
    tag = node.tag.removeprefix(NAMESPACE)
    if node.get("display") == "none" or tag == "defs":
        return
    place, turn = _moved(node.get("transform", ""), x, y)
    clipped = clipped or node.get("clip-path") is not None
    style = _style(node)
    if tag == "text":
        yield _Mark("text", clipped, style, _text(node, place, turn))
    elif tag == "line":
        end = (place[0] + float(node.get("x2", "0")), place[1] + float(node.get("y2", "0")))
        yield _Mark("path", clipped, style, _path([place, end]))
    elif tag == "path" and dict(style).keys() & {"fill", "stroke"} and node.get("d"):
        yield _drawn(node.get("d", ""), place, clipped, style)
    for child in node:
        yield from _marks(child, *place, clipped)


def _drawn(d: str, place: tuple[float, float], clipped: bool, style: tuple) -> _Mark:
    circle = CIRCLE.match(d)
    if not circle:
        return _Mark("path", clipped, style, _path(list(_points(d, *place))))
    radius = float(circle[1])
    if "stroke" not in dict(style):  # a filled point: a line of no length with round ends
        ink = {"stroke": dict(style)["fill"], "stroke-width": number(2 * radius)}
        dot = (*ink.items(), ("stroke-linecap", "round"))
        return _Mark("path", clipped, dot, f"M{_pair(*place)}h0")
    x, y = map(number, place)
    return _Mark("circle", clipped, style, f'<circle cx="{x}" cy="{y}" r="{number(radius)}"/>')


def _moved(transform: str, x: float, y: float) -> tuple[tuple[float, float], float]:
    """Return the place after a transform, and the angle in degrees."""
    shift = re.search(rf"translate\(({NUMBER}),({NUMBER})\)", transform)
    turn = re.search(rf"rotate\(({NUMBER})\)", transform)
    if shift:
        x, y = x + float(shift[1]), y + float(shift[2])
    return (x, y), float(turn[1]) if turn else 0.0


def _style(node: ET.Element) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, node.get(name, "").removesuffix("px"))
        for name, default in STYLES.items()
        if node.get(name, default) not in (default, "none", "transparent")
    )


def _points(d: str, x: float, y: float) -> Iterator[tuple[float, float] | None]:
    """Yield the corners of a path of straight lines, None before each that starts a new line."""
    here = (0.0, 0.0)
    for command, first, second in POINT.findall(d):
        if command == "M":
            yield None
        across, down = float(first), float(second or first)
        here = (here[0] if command == "V" else across, here[1] if command == "H" else down)
        yield here[0] + x, here[1] + y


def _path(points: list[tuple[float, float] | None]) -> str:
    """Return path data that visits the points, in steps: they are shorter than places."""
    words, last = [], None
    for point in points:
        if point is None or not all(map(math.isfinite, point)):
            last = None
            continue
        here = tuple(round(value, 1) for value in point)
        if last is None:
            words.append("M" + _pair(*here))
        elif here != last:
            words.append(_step(here[0] - last[0], here[1] - last[1]))
        last = here
    return "".join(words)


def _step(x: float, y: float) -> str:
    across, down = number(x), number(y)
    if down == "0":
        return "h" + across
    return "v" + down if across == "0" else "l" + _pair(x, y)


def _pair(x: float, y: float) -> str:
    second = number(y)
    return number(x) + ("" if second.startswith("-") else " ") + second


def _text(node: ET.Element, place: tuple[float, float], turn: float) -> str:
    x, y = map(number, place)
    turned = f' transform="rotate({number(turn)} {x} {y})"' if turn else ""
    return f'<text x="{x}" y="{y}"{turned}>{escape("".join(node.itertext()))}</text>'


def _group(kind: str, style: dict[str, str], clipped: bool, bodies: list[str]) -> str:
    """Return marks of one style as one element."""
    said = style | ({"clip-path": "url(#)"} if clipped else {})
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in said.items())
    if kind == "path":
        return f'<path{attributes} d="{"".join(bodies)}"/>'
    return f"<g{attributes}>{''.join(bodies)}</g>"


def _clip(root: ET.Element) -> str:
    """Return the plot's rectangle, which all clip paths of a drawing are, where it stands."""
    first, top = root.find(f".//{NAMESPACE}clipPath/{NAMESPACE}rect"), root.find(f"{NAMESPACE}g")
    if first is None or top is None:
        return ""
    (x, y), _ = _moved(top.get("transform", ""), 0.0, 0.0)
    size = {"x": x, "y": y} | {side: float(first.get(side, "0")) for side in ("width", "height")}
    return "<rect" + "".join(f' {name}="{number(value)}"' for name, value in size.items()) + "/>"
