"""The two interactive plots as Vega-Lite, without data: assets/explore.js fills them.

Sets: `rows` (name, T, psnr, energy, ..., front, colour, twin) and `levels` (value, label).
Parameters: the method `chosen` by name, the ends `low` and `high` of the PSNR axis, `least` and
`most` of the energy axis, three colours.
"""

from typing import Any

import altair as alt

from spikebench.report.charts.canvas import layered

TOOLTIP = [
    alt.Tooltip("name:N", title="method"),
    alt.Tooltip("T:Q"),
    alt.Tooltip("texts.psnr:N", title="PSNR, dB"),
    alt.Tooltip("texts.gap:N", title="to the ANN, dB"),
    alt.Tooltip("price:N", title="energy, ANN = 1"),
    alt.Tooltip("texts.spikes:N", title="spikes per neuron"),
]


def drawing(timesteps: list[int], width: int, height: int) -> dict[str, Any]:
    """Return both plots, beside each other where they are wide; sizes are in pixels."""
    ends = [min(timesteps) / 1.1, max(timesteps) * 1.1]
    steps = alt.X("T:Q", title="timesteps T (log)").scale(
        type="log", base=2, domain=ends, nice=False
    )
    energy = alt.X("energy:Q", title="energy, ANN = 1 (log)").scale(
        type="log", domain=[alt.ExprRef("least"), alt.ExprRef("most")], nice=False
    )
    left = _plot(steps.axis(values=timesteps, format="d", grid=False), "step", width, height)
    right = _plot(energy.axis(format="~g", grid=False, tickCount=6), "cost", width, height)
    joined = alt.hconcat(left, right) if width > 400 else alt.vconcat(left, right)
    return joined.add_params(*_parameters()).to_dict()


def _parameters() -> list[alt.Parameter]:
    colours = {"ink": "#000", "quiet": "#777", "line": "#ccc"}
    ends = {"low": 0.0, "high": 1.0, "least": 0.1, "most": 1.0}
    defaults = {"chosen": "", **ends, **colours}
    return [alt.param(name=name, value=value) for name, value in defaults.items()]


def _plot(x: alt.X, kind: str, width: int, height: int) -> alt.LayerChart:
    """Return one plot: every row's path, what is chosen or pointed at on top, named."""
    y = alt.Y("psnr:Q", title="PSNR, dB").scale(
        domain=[alt.ExprRef("low"), alt.ExprRef("high")], nice=False, zero=False
    )
    near = alt.selection_point(
        name=f"near_{kind}", fields=["name"], on="pointerover", nearest=True, empty=False
    )
    strong = f"datum.name === chosen || indexof(near_{kind}.name || [], datum.name) >= 0"
    rows = alt.Chart(alt.NamedData("rows")).encode(x=x, y=y)
    paths = rows.encode(detail="name:N", order="T:Q")
    colour = alt.Color("colour:N").scale(None).legend(None)
    grey = alt.ExprRef("line")
    layers = [
        paths.transform_filter("!datum.colour && !datum.twin").mark_line(clip=True, stroke=grey),
        paths.transform_filter("datum.twin").mark_line(
            clip=True, stroke=alt.ExprRef("quiet"), strokeDash=[6, 4]
        ),
        *_levels(y),
        paths.transform_filter("datum.colour").mark_line(clip=True).encode(color=colour),
        *(_front(rows) if kind == "cost" else ()),
        paths.transform_filter(strong).mark_line(
            clip=True, strokeWidth=3.5, stroke=alt.ExprRef("ink")
        ),
        # The areas around points, which find the nearest, know no texts: tooltips are the points'.
        rows.mark_point(opacity=0).add_params(near),
        rows.mark_point(clip=True, filled=True, opacity=1)
        .encode(
            color=alt.Color("shade:N").scale(None).legend(None),
            size=alt.Size("size:Q").scale(None).legend(None),
            order="size:Q",
            tooltip=TOOLTIP,
        )
        .transform_calculate("size", "datum.colour ? 45 : datum.twin ? 30 : 14")
        .transform_calculate("shade", "datum.colour || (datum.twin ? quiet : line)"),
        rows.transform_filter(strong)
        .mark_text(dy=16, fontSize=11, fontWeight=600, fill=alt.ExprRef("ink"))
        .encode(text="T:Q"),
    ]
    return layered(*layers).properties(width=width, height=height)


def _front(rows: alt.Chart) -> list[alt.Chart]:
    front = rows.transform_filter("datum.front")
    ink = alt.ExprRef("ink")
    return [
        front.mark_line(clip=True, interpolate="step-after", strokeWidth=1, stroke=ink).encode(
            order="energy:Q"
        ),
        front.mark_point(clip=True, filled=False, size=120, stroke=ink, strokeWidth=1.2),
    ]


def _levels(y: alt.Y) -> list[alt.Chart]:
    levels = alt.Chart(alt.NamedData("levels"))
    here = y.copy()
    here["shorthand"] = "value:Q"
    ink = alt.ExprRef("ink")
    return [
        levels.mark_rule(stroke=ink, strokeDash=[1, 3]).encode(y=here),
        levels.mark_text(align="left", dx=4, dy=-6, fontSize=11, fill=ink).encode(
            x=alt.value(0), y=here, text="label:N"
        ),
    ]
