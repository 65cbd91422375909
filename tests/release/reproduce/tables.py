"""Tables of a small run that never was, as Arrow has them."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from spikebench.release.reproduce.draw import TableCell
from spikebench.release.reproduce.table import Published
from spikebench.results.columns.description import RUN
from spikebench.results.columns.images import IMAGES
from spikebench.results.columns.layers import LAYERS
from tests.miniature import run_config
from tests.rows import IMAGE, LAYER, image_row, row

CELL = TableCell(*(IMAGE[name] for name in TableCell._fields))


def images(*changes: dict[str, Any]) -> pa.Table:
    """Return a row of images.parquet for each mapping of changed values."""
    return pa.Table.from_pylist([image_row(**values) for values in changes], IMAGES.schema)


def layers(*changes: dict[str, Any]) -> pa.Table:
    """Return a row of layers.parquet for each mapping of changed values."""
    rows = [row(LAYERS, **LAYER | values) for values in changes]
    return pa.Table.from_pylist(rows, LAYERS.schema)


def run(*notes: str, **changes: Any) -> dict[str, str]:
    """Return the row of run.parquet; `changes` replace keys of the miniature's configuration."""
    config = {name: value for name, value in run_config().items() if name != "energy_models"}
    texts = {"run": "mini", "config": yaml.safe_dump(config | changes), "notes": json.dumps(notes)}
    return row(RUN, **texts)


def published(*notes: str, **changes: Any) -> Published:
    """Return a run of one cell."""
    return Published(Path("mini"), images({}), layers({}), run(*notes, **changes))
