"""The curve of a fine-tuning: one row for each evaluation, as a table and as a drawing."""

import csv
from collections.abc import Sequence
from pathlib import Path

import altair as alt
import pandas as pd
import vl_convert

from spikebench.io.atomic import atomic_path

COLUMNS = (
    "step",
    "images",
    "loss",
    "held_out_loss",
    "held_out_psnr",
    "held_out_psnr_ann",
    "energy",
    "energy_target",
    "energy_weight",
    "spikes_per_neuron",
    "seconds",
)
INK, COLOUR = "#101418", "#0072b2"


def write_curve(curve: Sequence[dict[str, float]], file: Path) -> None:
    """Write the rows as CSV, atomically."""
    with atomic_path(file) as temporary, temporary.open("w", newline="") as stream:
        rows = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        rows.writeheader()
        rows.writerows({key: f"{value:.6g}" for key, value in row.items()} for row in curve)


def draw_curve(curve: Sequence[dict[str, float]], title: str, file: Path) -> None:
    """Draw loss, PSNR beside the ANN's, and energy against the steps, as SVG, atomically."""
    table = pd.DataFrame(curve)
    table["gap"] = table["held_out_psnr"] - table["held_out_psnr_ann"]
    panels = [
        _panel(table, "loss", "loss of the steps"),
        _panel(table, "gap", "held-out PSNR minus the ANN's, dB"),
        _panel(table, "energy", "energy, the ANN's is 1"),
    ]
    chart = alt.vconcat(*panels, title=title, background="white").configure_title(color=INK)
    with atomic_path(file) as temporary:
        temporary.write_text(vl_convert.vegalite_to_svg(chart.to_json()), encoding="utf-8")


def _panel(table: pd.DataFrame, column: str, title: str) -> alt.Chart:
    x = alt.X("step:Q", title="step")
    y = alt.Y(f"{column}:Q", title=title).scale(zero=False)
    line = alt.Chart(table.dropna(subset=column), width=480, height=140)
    return line.mark_line(color=COLOUR, point=True).encode(x=x, y=y)
