"""Merge the cells of the run, and describe the run."""

from pathlib import Path

from spikebench.collect import collect_run
from spikebench.config import load_config
from spikebench.script import job

with job(snakemake):
    collect_run(
        load_config(snakemake.params.config),
        images=[Path(file) for file in snakemake.input.images],
        layers=[Path(file) for file in snakemake.input.layers],
        pictures=[Path(file) for file in snakemake.input.pictures],
        failures=snakemake.params.failures,
        converted=sorted({Path(file) for file in snakemake.input.converted}),
        data=Path("resources/datasets"),
        output=Path(snakemake.output.run).parent,
    )
