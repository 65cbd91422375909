"""What the job of a data set and a backbone leaves of each cell, for a small job to take.

Nothing here imports torch, whose start would take longer than the rest of the small job.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path

FAILED = "failed.txt"  # in place of tables: why there are none


def take_cell(folder: Path, outputs: Mapping[str, Path]) -> None:
    """Copy a cell's tables from the folder where they were left to `outputs`, by name.

    Raises `BenchError` with the cell's own reason where it failed there.
    """
    if (folder / FAILED).is_file():
        raise BenchError((folder / FAILED).read_text(encoding="utf-8"))
    for name, output in outputs.items():
        with atomic_path(output) as temporary:
            shutil.copyfile(folder / f"{name}.parquet", temporary)
