"""Merge the cells of the run, and describe the run."""

from pathlib import Path

from spikebench.io.journal import remove_journals
from spikebench.run.config import load_config
from spikebench.run.script import job
from spikebench.stages.collect import collect_run

images = [Path(file) for file in snakemake.input.images]

with job(snakemake):
    collect_run(
        load_config(snakemake.params.config),
        images=images,
        layers=[Path(file) for file in snakemake.input.layers],
        pictures=[Path(file) for file in snakemake.input.pictures],
        failures=snakemake.params.failures,
        converted=sorted({Path(file) for file in snakemake.input.converted}),
        data=Path("resources/datasets"),
        output=Path(snakemake.output.run).parent,
    )
    for file in images:
        remove_journals(file.parent)
