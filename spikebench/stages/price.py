"""Price the stored counts of a run by its energy models. Nothing is simulated again."""

from pathlib import Path

import pandas as pd
import pyarrow as pa

from spikebench.energy import find_models, price
from spikebench.energy.about import about
from spikebench.energy.price import ENERGY
from spikebench.results.tables import write_table


def price_run(
    images: Path, layers: Path, entries: list[str], *, prices: Path, models: Path
) -> None:
    """Write energy.parquet and energy_models.parquet, for the models that a configuration names.

    Raises `BenchError` for a model that is unknown or written wrongly.
    """
    found = find_models(entries)
    priced = price(pd.read_parquet(images), pd.read_parquet(layers), found)
    write_table(prices, pa.Table.from_pandas(priced, ENERGY, preserve_index=False))
    write_table(models, about(found, entries))
