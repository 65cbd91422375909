"""Aggregate a run over its images."""

from pathlib import Path

import pandas as pd
import pyarrow as pa

from spikebench.analysis.leaderboard import leaderboard
from spikebench.results.tables import write_table


def write_leaderboard(images: Path, energy: Path, output: Path) -> None:
    """Write leaderboard.parquet from images.parquet and energy.parquet, atomically."""
    table = leaderboard(pd.read_parquet(images), pd.read_parquet(energy))
    write_table(output, pa.Table.from_pandas(table, preserve_index=False))
