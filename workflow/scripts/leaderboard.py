"""Aggregate the run over its images."""

from pathlib import Path

import pandas as pd
import pyarrow as pa

from spikebench.analysis.leaderboard import leaderboard
from spikebench.results.tables import write_table
from spikebench.run.logs import job

with job(snakemake):
    table = leaderboard(
        pd.read_parquet(snakemake.input.images), pd.read_parquet(snakemake.input.energy)
    )
    write_table(Path(snakemake.output[0]), pa.Table.from_pandas(table, preserve_index=False))
