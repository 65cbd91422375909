"""Complete rows of a run's tables, a few values replaced."""

from typing import Any

import pandas as pd
import pyarrow as pa

from spikebench.results import IMAGES

DEFAULTS = {"string": "x", "int64": 1, "double": 1.0, "binary": b"png"}

IMAGE = {
    "task": "denoise",
    "dataset": "set",
    "image": "01",
    "backbone": "net",
    "method": "a",
    "family": "training-free",
    "spike_class": "binary",
    "protocol": "grey_float",
    "timesteps": 4,
    "latency_steps": 4,
    "seed": 0,
    "psnr": 29.0,
    "psnr_ann": 30.0,
    "psnr_input": 20.0,
    "lpips": None,
}


def row(schema: pa.Schema, **changes: Any) -> dict[str, Any]:
    """Return a row of a schema, every column filled."""
    filled = {field.name: DEFAULTS[str(field.type)] for field in schema}
    return {**filled, **changes}


def image_row(**changes: Any) -> dict[str, Any]:
    """Return a row of the images table."""
    return row(IMAGES, **IMAGE | changes)


def image_frame(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return the images table of `rows`, as a run's Parquet file is read."""
    return pa.Table.from_pylist(list(rows), schema=IMAGES).to_pandas()
