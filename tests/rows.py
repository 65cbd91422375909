"""Complete rows of a run's tables, a few values replaced."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa

from spikebench.results.columns.field import Table
from spikebench.results.columns.images import IMAGES
from spikebench.results.columns.layers import LAYERS

DEFAULTS = {"text": "x", "whole": 1, "real": 1.0, "binary": b"png", "flag": False}

IMAGE = {
    "task": "denoise",
    "dataset": "set",
    "image": "01",
    "backbone": "net",
    "method": "a",
    "family": "training-free",
    "device": "cpu",
    "spike_class": "binary",
    "protocol": "grey_float",
    "timesteps": 4,
    "latency_steps": 4,
    "seed": 0,
    "psnr": 29.0,
    "psnr_ann": 30.0,
    "psnr_input": 20.0,
    "lpips": None,
    "output_entropy": None,
}

LAYER = {name: IMAGE[name] for name in ("task", "dataset", "backbone", "method", "seed")} | {
    **{field.name: 0.0 for field in LAYERS.fields if field.kind == "real"},
    "timesteps": 4,
    "layer": "hidden",
    "op": "Conv2d",
    "input_kind": "binary",
}


def row(table: Table, **changes: Any) -> dict[str, Any]:
    """Return a row of a table, every column filled."""
    filled = {field.name: DEFAULTS[field.kind] for field in table.fields}
    return {**filled, **changes}


def image_row(**changes: Any) -> dict[str, Any]:
    """Return a row of the images table."""
    return row(IMAGES, **IMAGE | changes)


def image_frame(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return the images table of `rows`, as a run's Parquet file is read."""
    return pa.Table.from_pylist(list(rows), schema=IMAGES.schema).to_pandas()


def layer_frame(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return a layers table of `rows`, 0 where a number is not given."""
    return pa.Table.from_pylist([LAYER | row for row in rows], schema=LAYERS.schema).to_pandas()


def energy_frame(
    images: pd.DataFrame, **ratios: Callable[[pd.DataFrame], pd.Series]
) -> pd.DataFrame:
    """Return an energy table: `ratios` gives, for each model, the ratio of each cell.

    The ANN costs 1, the ANN without zeros half of it, the twin a quarter.
    """
    cells = images[["task", "dataset", "backbone", "method", "timesteps", "seed"]].drop_duplicates()
    rivals = {"energy_ann_nj": 1.0, "energy_effective_nj": 0.5, "energy_twin_nj": 0.25}
    even = {"break_even_ann": 3.0, "break_even_effective": 2.0, "break_even_twin": 1.0}
    tables = [
        cells.assign(energy_model=model, energy_nj=ratio(cells), ratio=ratio(cells))
        for model, ratio in ratios.items()
    ]
    return pd.concat(tables, ignore_index=True).assign(**rivals, **even)
