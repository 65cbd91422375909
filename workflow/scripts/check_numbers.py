"""Stop where the run holds numbers that cannot be."""

import pandas as pd

from spikebench.results.sanity import refuse_impossible
from spikebench.run.logs import job

TABLES = ("images", "layers", "energy", "methods")

with job(snakemake):
    refuse_impossible(**{name: pd.read_parquet(snakemake.input[name]) for name in TABLES})
