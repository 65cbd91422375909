"""Put every known number of every backbone beside the measured one."""

from pathlib import Path

from spikebench.script import logged
from spikebench.trust import write_trust

with logged(snakemake.log[0]):
    write_trust([Path(file) for file in snakemake.input.verified], Path(snakemake.output[0]))
