"""Build the page of the run."""

from pathlib import Path

from spikebench.report import build
from spikebench.run.logs import job

with job(snakemake):
    build(
        Path(snakemake.input.tables[0]).parent,
        trust=Path(snakemake.input.trust[0]) if snakemake.input.trust else None,
        page=Path(snakemake.output.page),
    )
