"""Aggregate the run over its images."""

from pathlib import Path

from spikebench.run.logs import job
from spikebench.stages.leaderboard import write_leaderboard

with job(snakemake):
    write_leaderboard(
        Path(snakemake.input.images), Path(snakemake.input.energy), Path(snakemake.output[0])
    )
