"""The learning curve of a row's state: gap to the ANN and energy against the steps of training.

Small SVG drawings in the style of the page, as `spikebench.report.pages.curves` makes them.
"""

from collections.abc import Iterable
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from spikebench.report.pages.curves import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Axis,
    ticks,
)
from spikebench.report.results import Results
from spikebench.report.text import db, number

ROOM = 0.08  # of the span of the values, left free above and below
LEAST = 1e-3  # the span of an axis whose values are all alike


def trainings(method: str, results: Results) -> list[dict[str, Any]]:
    """Return what a row's page shows of its training, for each network that has a state.

    `rows` are the evaluations; two drawings are there where there is more than one.
    """
    found = []
    for backbone, described in results.run["backbones"].items():
        curve = results.trained(method, backbone)
        if len(curve):
            kept = curve[curve["kept"]].iloc[0]
            found.append(
                {
                    "backbone": backbone,
                    "network": described["title"],
                    "recipe": kept["recipe"],
                    "steps": f"{kept['step']:,}",
                    "last": f"{curve['step'].iloc[-1]:,}",
                    "images": f"{kept['images']:,}",
                    "gap": db(kept["gap_db"], sign=True),
                    "energy": number(kept["energy"], 3),
                    "sha256": kept["state_sha256"],
                    "drawings": _drawings(curve) if len(curve) > 1 else [],
                }
            )
    return found


def _drawings(curve: pd.DataFrame) -> list[Markup]:
    target = curve["energy_target"].dropna()
    goal = [(target.iloc[0], "target")] if len(target) else []
    return [
        _drawing(curve, "gap_db", "gap to the ANN on held-out patches, dB", [(0.0, "ANN")]),
        _drawing(curve, "energy", "energy on held-out patches, ANN = 1", goal),
    ]


def _drawing(
    curve: pd.DataFrame, column: str, title: str, levels: list[tuple[float, str]]
) -> Markup:
    values = [*curve[column], *(value for value, _ in levels)]
    span = max(max(values) - min(values), LEAST)
    low, high = min(values) - ROOM * span, max(values) + ROOM * span
    y = Axis(low, high, HEIGHT - BOTTOM, TOP, ticks(low, high))
    last = float(max(curve["step"].iloc[-1], 1))
    x = Axis(0.0, last, LEFT, WIDTH - RIGHT, ticks(0.0, last))
    parts = [*_grid(x, y), *_levels(levels, y), *_line(curve, column, x, y)]
    spoken = "; ".join(
        f"{value:.3f} at step {step:,}"
        for step, value in zip(curve["step"], curve[column], strict=True)
    )
    return Markup(
        f'<figure class="learnt"><figcaption>{escape(title)}</figcaption>'
        f'<svg class="curve" role="img" aria-label="{escape(spoken)}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(parts)}</svg></figure>'
    )


def _grid(x: Axis, y: Axis) -> Iterable[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    for tick in y.ticks:
        yield f'<path class="grid" d="M{LEFT} {y(tick):g}H{right}"/>'
        yield f'<text class="tick end" x="{LEFT - 6}" y="{y(tick) + 4:g}">{_minus(tick)}</text>'
    for tick in x.ticks:
        yield f'<text class="tick middle" x="{x(tick):g}" y="{bottom + 16}">{tick:,g}</text>'
    middle = (LEFT + right) / 2
    yield f'<text class="middle" x="{middle:g}" y="{HEIGHT - 6}">step of training</text>'


def _minus(value: float) -> str:
    return f"{value:g}".replace("-", "\N{MINUS SIGN}")


def _levels(levels: list[tuple[float, str]], y: Axis) -> Iterable[str]:
    for value, name in levels:
        yield f'<path class="level" d="M{LEFT} {y(value):g}H{WIDTH - RIGHT}"/>'
        yield f'<text class="tick" x="{LEFT + 4}" y="{y(value) - 4:g}">{name}</text>'


def _line(curve: pd.DataFrame, column: str, x: Axis, y: Axis) -> Iterable[str]:
    """Yield the curve, and the step whose weights the state has as a point."""
    points = [(x(step), y(value)) for step, value in zip(curve["step"], curve[column], strict=True)]
    yield f'<path class="own" d="M{"L".join(f"{px:g} {py:g}" for px, py in points)}"/>'
    for (px, py), kept in zip(points, curve["kept"], strict=True):
        if kept:
            yield f'<circle class="own" cx="{px:g}" cy="{py:g}" r="3.5"/>'
