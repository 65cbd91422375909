"""Put every known number of every backbone beside the measured one."""

from pathlib import Path

from spikebench.run.logs import job
from spikebench.stages.trust import write_trust

with job(snakemake):
    write_trust([Path(file) for file in snakemake.input.verified], Path(snakemake.output[0]))
