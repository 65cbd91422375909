"""The two charts of the ablation, the loss and the entropy against T."""

import math

import altair as alt
import pandas as pd

from spikebench.report.boards.ablation import Ablation
from spikebench.report.charts.canvas import INK, PALETTE, QUIET, Frame, draw

COLOURS = [*PALETTE, INK]
LEAST_LOSS = 1e-3  # dB; what loses less, or gains, is drawn as this


def loss_against_timesteps(found: Ablation, frame: Frame) -> alt.LayerChart:
    """Draw how far each variant lies below the ANN, dB on a logarithmic scale, against T (log).

    The scale is drawn as -log10, so that up is better, as in the other charts.
    """
    table = _table(found)
    top = -math.log10(LEAST_LOSS)
    bottom = min(table["height"].min(), 0.0) - 0.1
    y = (
        alt.Y("height:Q", title="dB below the ANN (log)")
        .scale(domain=[bottom, top + 0.1], nice=False)
        .axis(values=[-1, 0, 1, 2, 3], labelExpr="format(pow(10, -datum.value), '~g')")
    )
    return draw(table, frame, _timesteps(found), y, [])


def entropy_against_timesteps(found: Ablation, frame: Frame) -> alt.LayerChart:
    """Draw the entropy of the output layer's values, bits per value, against T (log)."""
    table = _table(found)
    top = pd.Series([*table["entropy"], found.entropy_ann]).max()
    y = alt.Y("entropy:Q", title="entropy of the output, bits").scale(domain=[0, top * 1.06])
    return draw(table, frame, _timesteps(found), y, [])


def _timesteps(found: Ablation) -> alt.X:
    return (
        alt.X("T:Q", title="timesteps T (log)")
        .scale(type="log", base=2, nice=False)
        .axis(values=found.timesteps, grid=False)
    )


def _table(found: Ablation) -> pd.DataFrame:
    """Return a line for each plain variant and T, or for every one where none is plain.

    Those beyond the colours are grey.
    """
    drawn = [variant for variant in found.variants if variant.plain] or found.variants
    colours = dict(zip([variant.name for variant in drawn], COLOURS, strict=False))
    return pd.DataFrame(
        {
            "name": variant.name,
            "T": time,
            "height": -math.log10(max(-variant.rows[time].gap_db, LEAST_LOSS)),
            "entropy": variant.rows[time].output_entropy,
            "colour": colours.get(variant.name, QUIET),
        }
        for variant in drawn
        for time in found.timesteps
        if time in variant.rows
    )
