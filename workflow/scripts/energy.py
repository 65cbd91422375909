"""Price the stored counts by the energy models of the run."""

from pathlib import Path

import pandas as pd
import pyarrow as pa

from spikebench.energy import MODELS, price
from spikebench.energy.price import ENERGY
from spikebench.results import write_table
from spikebench.script import logged

with logged(snakemake.log[0]):
    models = [MODELS[name] for name in snakemake.params.models]
    prices = price(pd.read_parquet(snakemake.input.images), models)
    write_table(
        Path(snakemake.output[0]), pa.Table.from_pandas(prices, ENERGY, preserve_index=False)
    )
