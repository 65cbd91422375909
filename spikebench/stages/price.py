"""Price the stored counts of a run by its energy models. Nothing is simulated again."""

from pathlib import Path

import pandas as pd

from spikebench.energy import find_models
from spikebench.energy.price import price
from spikebench.results.columns.description import ENERGY_MODELS
from spikebench.results.columns.energy import ENERGY
from spikebench.results.columns.layers import LAYERS
from spikebench.results.later import read_frame
from spikebench.results.shards import write_frame, write_shard


def price_run(
    images: Path, layers: Path, entries: list[str], *, prices: Path, models: Path
) -> None:
    """Write energy.parquet and energy_models.parquet, for the models that a configuration names.

    A run without rows, whose methods all refused, has no prices. Raises `BenchError` for a model
    that is unknown or written wrongly.
    """
    found = find_models(entries)
    counts = pd.read_parquet(images)
    if counts.empty:
        write_shard(prices, [], ENERGY)
    else:
        write_frame(prices, price(counts, read_frame(layers, LAYERS), found), ENERGY)
    described = [model.described(entry) for model, entry in zip(found, entries, strict=True)]
    write_shard(models, described, ENERGY_MODELS)
