"""Write the three tables of a run's comparisons."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from spikebench.analysis.compare.board import boards
from spikebench.analysis.compare.curves import curves, reference_row
from spikebench.analysis.compare.paired import comparisons
from spikebench.analysis.compare.standings import standings
from spikebench.results.columns.comparisons import COMPARISONS, CURVES, STANDINGS
from spikebench.results.shards import write_shard


def write_tables(
    images: pd.DataFrame,
    leaderboard: pd.DataFrame,
    prices: pd.DataFrame,
    *,
    timesteps: Sequence[int],
    order: Sequence[str],
    reference: str | None,
    folder: Path,
) -> None:
    """Write comparisons, curves and standings.parquet into `folder`, each atomically.

    `order` holds the labels of the rows as the configuration lists them, `reference` the one that
    curves are compared with; see `reference_row`. Raises `BenchError` where rows of one board are
    of different tasks, protocols or images. A run without rows has none here either.
    """
    found = list(boards(images, leaderboard, prices))
    against = reference_row(leaderboard, order, reference)
    paired = [row for board in found for row in comparisons(board, timesteps)]
    along = [row for board in found for row in curves(board, against)]
    write_shard(folder / "comparisons.parquet", paired, COMPARISONS)
    write_shard(folder / "curves.parquet", along, CURVES)
    write_shard(folder / "standings.parquet", standings(found, timesteps), STANDINGS)
