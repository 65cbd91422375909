"""Price the stored counts by the energy models of the run."""

from pathlib import Path

import pandas as pd
import pyarrow as pa

from spikebench.energy import find_models, price
from spikebench.energy.about import about
from spikebench.energy.price import ENERGY
from spikebench.results import write_table
from spikebench.script import job

with job(snakemake):
    entries = snakemake.params.models
    models = find_models(entries)
    images, layers = (pd.read_parquet(file) for file in snakemake.input[:2])
    prices = price(images, layers, models)
    write_table(
        Path(snakemake.output.energy), pa.Table.from_pandas(prices, ENERGY, preserve_index=False)
    )
    write_table(Path(snakemake.output.models), about(models, entries))
