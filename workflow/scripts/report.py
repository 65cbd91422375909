"""Build the page of the run."""

import shutil
from pathlib import Path

from spikebench.report import build
from spikebench.run.logs import job
from spikebench.run.progress.places import so_far

folder = Path(snakemake.input.tables[0]).parent

with job(snakemake):
    build(
        folder,
        trust=Path(snakemake.input.trust[0]) if snakemake.input.trust else None,
        page=Path(snakemake.output.page),
    )
    shutil.rmtree(so_far(folder.name), ignore_errors=True)
