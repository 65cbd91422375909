"""Where a network spikes: the rate of each layer, for the methods that a board draws in colour."""

from dataclasses import dataclass

import altair as alt
import pandas as pd

from spikebench.analysis.selection import DEFAULT
from spikebench.report.boards.board import Board
from spikebench.report.boards.compared import on_board
from spikebench.report.charts.canvas import PALETTE, Frame, draw
from spikebench.report.charts.charts import highlighted
from spikebench.report.results import Results
from spikebench.report.text import number
from spikebench.spike_kinds import SpikeKind


@dataclass(frozen=True)
class Rates:
    """Spikes per neuron and pass that enter each synapse of a board's network.

    `layers` are the synapses in execution order, without those that the image enters. `methods`
    maps (name, T) to the rates of the layers, best first; NaN where a row has none.
    """

    layers: list[str]
    methods: dict[tuple[str, int], list[float]]


def layer_rates(board: Board, results: Results) -> Rates | None:
    """Return the rates under the default selection, seeds averaged; None where nothing spikes."""
    coloured = highlighted(board)
    rows = [row for row in board.shown(DEFAULT) if row.name in coloured]
    table = on_board(results.layers, board)
    spiking = table["input_kind"] != SpikeKind.ANALOGUE.label
    table = table[spiking & (table["timesteps"] > 0)]
    rates = table.groupby(["method", "timesteps", "layer"])["rate"].mean()
    graph = results.run["backbones"][board.backbone]["graph"]
    order = {node["name"]: place for place, node in enumerate(graph)}
    layers = sorted(set(table["layer"]), key=lambda name: (order.get(name, len(order)), name))
    if not rows or not layers:
        return None
    methods = {
        (row.name, row.timesteps): [
            float(rates.get((row.method, row.timesteps, layer), "nan")) for layer in layers
        ]
        for row in rows
    }
    return Rates(layers, methods)


def headline(rates: Rates) -> str:
    """Return where the best row spikes most."""
    (name, timesteps), values = next(iter(rates.methods.items()))
    known = [(value, layer) for value, layer in zip(values, rates.layers, strict=True)]
    known = [pair for pair in known if pair[0] == pair[0]]
    if not known:
        return f"No rates are known of {name}"
    most, layer = max(known)
    rate = f"{number(most, 2)} per neuron and step"
    return f"{name} at T = {timesteps}: most spikes enter {layer}, {rate}"


def rate_per_layer(rates: Rates, board: Board, frame: Frame) -> alt.LayerChart:
    """Draw the rates from the first layer to the last, one line for each method."""
    colours = dict(zip(highlighted(board), PALETTE, strict=False))
    table = pd.DataFrame(
        [
            (name, place, rate, colours[name])
            for (name, _), values in rates.methods.items()
            for place, rate in enumerate(values, start=1)
            if rate == rate
        ],
        columns=["name", "T", "rate", "colour"],
    )
    top = max([*table["rate"], 0.0]) * 1.06 or 1.0
    last = len(rates.layers)
    x = (
        alt.X("T:Q", title="layer, from the image to the output")
        .scale(domain=[0.5, last + 0.5], nice=False)
        .axis(
            values=[place for place in range(1, last + 1) if _labelled(place, last)],
            format="d",
            grid=False,
        )
    )
    y = alt.Y("rate:Q", title="spikes per neuron and step").scale(domain=[0.0, top], nice=False)
    y = y.axis(tickCount=5, format="~g")
    return draw(table, frame, x, y, [])


def _labelled(place: int, last: int) -> bool:
    """Every layer of a short network has its number, else every fifth and the first."""
    return last <= 12 or place == 1 or place % 5 == 0
