"""Fetch one of the networks that LPIPS looks through, to where torch.hub keeps its files."""

from pathlib import Path

from spikebench.data.fetch.file import fetch_file
from spikebench.metrics.trunks import TRUNKS
from spikebench.run.logs import logged

with logged(snakemake.log[0]):
    file = TRUNKS[snakemake.params.trunk]
    fetch_file(file.url, Path(snakemake.output[0]), None, None, sha256_prefix=file.sha256)
