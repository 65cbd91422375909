"""How much a ranking hangs on the energy model: ranks under each model, drawn and in words."""

import altair as alt
import pandas as pd

from spikebench.analysis.selection import DEFAULT
from spikebench.report.boards.board import Board
from spikebench.report.charts.canvas import LINE, PALETTE, QUIET, Frame, framed, layered, words
from spikebench.report.charts.charts import highlighted
from spikebench.report.charts.labels import beside
from spikebench.report.text import plural

LABELS = 165  # pixels for the titles of the models, below the plot


def ranks_over_models(board: Board, models: list[str]) -> pd.DataFrame:
    """Return name, model and rank of each row within the ANN's energy; ties share a rank.

    The rank is by PSNR at each method's best T whose energy under the model is at most the ANN's.
    """
    tables = [_ranks(board, model) for model in models]
    return pd.concat([pd.DataFrame(columns=["name", "model", "rank"]), *tables], ignore_index=True)


def headline(ranks: pd.DataFrame, models: list[str]) -> str:
    """Return which rows lead, and under how many models; three of them at most."""
    leads = ranks[ranks["rank"] == 1].groupby("name").size().sort_values(ascending=False)
    if leads.empty:
        return "Under no energy model does a row stay within the ANN's energy"
    (first, count), *others = leads.head(3).items()
    parts = [f"{first} leads under {count} of {plural(len(models), 'energy model')}"]
    parts += [f"{name} under {count}" for name, count in others]
    empty = len(models) - ranks["model"].nunique()
    if empty:
        parts.append(f"under {empty} no row stays within the ANN's energy")
    return "; ".join(parts)


def spoken(ranks: pd.DataFrame, models: dict[str, str]) -> str:
    """Return the drawing in words; `models` maps names to titles."""
    lines = []
    for model, title in models.items():
        mine = ranks[ranks["model"] == model].sort_values(["rank", "name"])
        order = ", ".join(f"{row.rank} {row.name}" for row in mine.itertuples(index=False))
        lines.append(f"{title}: {order or 'no row within the energy of the ANN'}.")
    return " ".join(lines)


def ranking_over_models(board: Board, models: dict[str, str], frame: Frame) -> alt.LayerChart:
    """Draw each method's rank, 1 at the top, from model to model; `models` maps names to titles.

    The titles run down to the right, below the names of the lines, where nothing cuts them.
    """
    names = list(models)
    ranks = ranks_over_models(board, names)
    colours = dict(zip(highlighted(board), PALETTE, strict=False))
    table = ranks.assign(
        colour=ranks["name"].map(colours).fillna(QUIET), place=ranks["model"].map(names.index)
    )
    table["model"] = table["model"].map(models)
    lowest = int(max(ranks["rank"], default=1))
    x = alt.X("model:N", title=None, sort=list(models.values())).scale(type="point", padding=0.3)
    x = x.axis(labelAngle=40, labelAlign="left", labelLimit=1.4 * LABELS, grid=True)
    ticks = sorted({1, *range(5, lowest + 1, 5), lowest})
    y = alt.Y("rank:Q", title="rank").scale(domain=[lowest + 0.5, 0.5], nice=False)
    y = y.axis(values=ticks, format="d", grid=False)
    table["stretch"] = _stretches(table)
    lines = alt.Chart(table).encode(x=x, y=y, detail=["name:N", "stretch:N"], order="place:Q")
    colour = alt.Color("colour:N").scale(None).legend(None)
    named = alt.datum.colour != QUIET
    layers = [
        lines.transform_filter(~named).mark_line(stroke=LINE, strokeWidth=1.5),
        lines.transform_filter(named).mark_line(strokeWidth=2).encode(color=colour),
        lines.transform_filter(named)
        .mark_point(filled=True, size=36, opacity=1)
        .encode(color=colour),
        _names(table[table["colour"] != QUIET], frame, lowest, y),
    ]
    return framed(layered(*layers), frame, bottom=LABELS)


def _stretches(table: pd.DataFrame) -> pd.Series:
    """Return a number for each stretch of models next to each other in which a row has a rank.

    No line is drawn over a model under which the row has none.
    """
    ordered = table.sort_values(["name", "place"])
    step = ordered["place"] - ordered.groupby("name")["place"].shift()
    return (step != 1).cumsum()


def _ranks(board: Board, model: str) -> pd.DataFrame:
    shown = [line for line in board.ranking(DEFAULT, model) if line.rank]
    names, ranks = [line.row.name for line in shown], [line.rank for line in shown]
    return pd.DataFrame({"name": names, "model": model, "rank": ranks})


def _names(table: pd.DataFrame, frame: Frame, lowest: int, y: alt.Y) -> alt.Chart:
    """Name each coloured line in the column on the right, at the height of its last rank."""
    ends = table.sort_values("place").groupby("name", as_index=False).last().sort_values("rank")
    per_pixel = lowest / frame.height
    heights = [(rank - 0.5) / per_pixel for rank in ends["rank"]]
    lines = beside(ends["name"].tolist(), heights, frame.font, frame.names - 12, frame.height)
    side = y.copy()
    side["shorthand"] = "level:Q"
    places = pd.DataFrame(
        [(line.text, 0.5 + line.height * per_pixel) for line in lines], columns=["text", "level"]
    )
    return words(places, frame, 4).encode(y=side)
