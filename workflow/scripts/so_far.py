"""Make the page of the pairs that are finished so far."""

from pathlib import Path

from spikebench.run.config import RunConfig
from spikebench.run.logs import logged
from spikebench.stages.so_far import renew

with logged(snakemake.log[0]):
    renew(RunConfig.model_validate(snakemake.config), Path(snakemake.output[0]))
