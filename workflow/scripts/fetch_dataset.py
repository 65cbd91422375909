"""Fetch and verify the files of one data set."""

from pathlib import Path

from spikebench.data.fetch.dataset import fetch_dataset
from spikebench.data.registry import load_dataset
from spikebench.run.logs import job

with job(snakemake):
    provided = snakemake.params.provided
    fetch_dataset(
        load_dataset(snakemake.wildcards.dataset),
        Path(snakemake.output[0]),
        provided=None if provided is None else Path(provided),
        images=snakemake.params.images,
    )
