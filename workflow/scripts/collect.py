"""Merge the cells of the run, and describe the run."""

import shutil
from pathlib import Path

from spikebench.io.journal import remove_journals
from spikebench.run.config import RunConfig
from spikebench.run.logs import job
from spikebench.run.paths import DATASETS, pairs_done
from spikebench.stages.collect import collect_run

images = [Path(file) for file in snakemake.input.images]

with job(snakemake):
    collect_run(
        RunConfig.model_validate(snakemake.params.config),
        images=images,
        layers=[Path(file) for file in snakemake.input.layers],
        pictures=[Path(file) for file in snakemake.input.pictures],
        failures=snakemake.params.failures,
        converted=sorted({Path(file) for file in snakemake.input.converted}),
        states=[Path(file) for file in snakemake.input.states],
        curves=[Path(file) for file in snakemake.input.curves],
        data=DATASETS,
        output=Path(snakemake.output.run).parent,
    )
    for file in images:
        remove_journals(file.parent)
    if not snakemake.params.failures:  # a cell that failed is tried again from there
        shutil.rmtree(pairs_done(snakemake.params.config["run"]), ignore_errors=True)
