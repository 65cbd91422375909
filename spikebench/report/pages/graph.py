"""A network drawn beside its table: one row a layer, skips as lines beside the main path.

The drawing is cut into one small SVG for each row of the table, as high as the row, so that every
layer stands beside its numbers. A layer and the activation right behind it share a row.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

HEIGHT = 28  # of a row, pixels
LANE = 12  # between two lines
TURN = 10  # how high a line is when it has reached its lane
WORDS = {"sub": "difference", "add": "sum", "cat": "channels side by side", "relu": "ReLU"}


@dataclass(frozen=True)
class GraphRow:
    """A row: the layer's `name` and what it is, whether neurons stand in it, and its drawing."""

    name: str
    what: str
    kind: str  # input, synapse, site or wiring
    role: str  # of a site: activation or relay; "" where there is none
    drawing: Markup


@dataclass(frozen=True)
class _Skip:
    """A line from one row to a later one that is not the next, in a lane of its own."""

    start: int
    end: int
    lane: int


def graph_rows(nodes: list[dict[str, Any]]) -> list[GraphRow]:
    """Return the rows of a graph, as `described_graph` gives it, in execution order."""
    groups = list(_groups(nodes))
    place = {node["name"]: row for row, group in enumerate(groups) for node in group}
    edges = sorted({(place[i], place[n["name"]]) for n in nodes for i in n["inputs"]})
    edges = [(start, end) for start, end in edges if start != end]
    skips = list(_lanes(edges))
    lanes = max((skip.lane for skip in skips), default=0)
    return [
        GraphRow(
            name=group[0]["name"],
            what=", then ".join(WORDS.get(node["what"], node["what"]) for node in group),
            kind=group[0]["kind"],
            role=next((node["role"] for node in group if node["kind"] == "site"), ""),
            drawing=_drawing(row, group, edges, skips, lanes),
        )
        for row, group in enumerate(groups)
    ]


def _groups(nodes: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield the nodes of each row: a synapse with the activation that alone reads it, or one."""
    readers = [name for node in nodes for name in node["inputs"]]
    waiting: dict[str, Any] | None = None
    for node in nodes:
        if waiting and node["kind"] == "site" and node["inputs"] == [waiting["name"]]:
            yield [waiting, node]
            waiting = None
            continue
        if waiting:
            yield [waiting]
        alone = node["kind"] == "synapse" and readers.count(node["name"]) == 1
        waiting = node if alone else None
        if not alone:
            yield [node]
    if waiting:
        yield [waiting]


def _lanes(edges: Iterable[tuple[int, int]]) -> Iterator[_Skip]:
    """Give each skip the lane nearest to the main path that is free on its way; short ones first.

    Skips that start in the same row share a line as far as they go together.
    """
    taken: dict[int, list[tuple[int, int]]] = {}
    for start, end in sorted(edges, key=lambda edge: (edge[1] - edge[0], edge)):
        if end == start + 1:
            continue
        lane = 1
        while any(start < last and first < end for first, last in taken.get(lane, [])):
            lane += 1
        taken.setdefault(lane, []).append((start, end))
        yield _Skip(start, end, lane)


def _drawing(
    row: int,
    group: list[dict[str, Any]],
    edges: list[tuple[int, int]],
    skips: list[_Skip],
    lanes: int,
) -> Markup:
    """Draw what passes, ends and begins in a row; the main path is on the right."""
    main, middle = lanes * LANE + 9, HEIGHT // 2
    paths = [path for skip in skips if (path := _skip(skip, row, main, middle))]
    if (row - 1, row) in edges:
        paths.append(f"M{main} 0V{middle}")
    if (row, row + 1) in edges:
        paths.append(f"M{main} {middle}V{HEIGHT}")
    width = main + 10
    return Markup(
        f'<svg width="{width}" height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}" aria-hidden="true">'
        f'<path d="{"".join(paths)}"/>{_mark(group, main, middle)}</svg>'
    )


def _skip(skip: _Skip, row: int, main: int, middle: int) -> str:
    """Return the part of a skip that lies in a row, as path data."""
    lane = main - skip.lane * LANE
    if row == skip.start:
        return f"M{main} {middle}C{main} {middle + TURN} {lane} {middle} {lane} {HEIGHT}"
    if row == skip.end:
        return f"M{lane} 0C{lane} {middle} {main} {middle - TURN} {main} {middle}"
    return f"M{lane} 0V{HEIGHT}" if skip.start < row < skip.end else ""


def _mark(group: list[dict[str, Any]], x: int, y: int) -> str:
    """Return the sign of a row: a square for weights, a ring for neurons, a dot for wiring."""
    kinds = {node["kind"] for node in group}
    square = f'<rect class="weights" x="{x - 5}" y="{y - 5}" width="10" height="10"/>'
    ring = f'<circle class="neurons" cx="{x}" cy="{y}" r="{3 if "synapse" in kinds else 5}"/>'
    dot = f'<circle class="wiring" cx="{x}" cy="{y}" r="2.5"/>'
    return square * ("synapse" in kinds) + ring * ("site" in kinds) or dot
