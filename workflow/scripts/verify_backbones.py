"""Show the trust table as a page of its own."""

from pathlib import Path

from spikebench.report.backbones import build_backbones
from spikebench.run.logs import job

with job(snakemake):
    build_backbones(Path(snakemake.input.table), Path(snakemake.output[0]))
