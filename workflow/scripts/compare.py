"""Compare the rows of the run: paired, along their curves, over boards."""

from pathlib import Path

import pandas as pd

from spikebench.analysis.compare import write_tables
from spikebench.run.logs import job

with job(snakemake):
    write_tables(
        pd.read_parquet(snakemake.input.images),
        pd.read_parquet(snakemake.input.leaderboard),
        pd.read_parquet(snakemake.input.prices),
        timesteps=snakemake.params.timesteps,
        order=snakemake.params.rows,
        reference=snakemake.params.reference_row,
        folder=Path(snakemake.output.comparisons).parent,
    )
