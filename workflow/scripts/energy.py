"""Price the stored counts by the energy models of the run."""

from pathlib import Path

from spikebench.run.logs import job
from spikebench.stages.price import price_run

with job(snakemake):
    price_run(
        *map(Path, snakemake.input[:2]),
        snakemake.params.models,
        prices=Path(snakemake.output.energy),
        models=Path(snakemake.output.models),
    )
