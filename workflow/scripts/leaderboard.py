"""Aggregate the run over its images, and average its prices."""

from pathlib import Path

from spikebench.analysis.leaderboard import write_leaderboard
from spikebench.run.logs import job

with job(snakemake):
    write_leaderboard(
        Path(snakemake.input.images),
        Path(snakemake.input.layers),
        Path(snakemake.input.energy),
        Path(snakemake.output.leaderboard).parent,
    )
