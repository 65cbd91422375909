"""Make the tables of one cell of what the job of its data set and backbone left."""

from pathlib import Path

from spikebench.results.pairs import take_cell
from spikebench.run.logs import job

with job(snakemake):
    outputs = {name: Path(file) for name, file in snakemake.output.items()}
    take_cell(Path(snakemake.params.folder), outputs)
