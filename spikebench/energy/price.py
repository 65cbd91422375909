"""Apply energy models to the counts of a run."""

import pandas as pd
import pyarrow as pa

from spikebench.energy.model import EnergyModel

KEYS = ["task", "dataset", "backbone", "method", "timesteps", "seed"]
NANO = 1e9

ENERGY = pa.schema(
    [
        *((name, pa.string()) for name in ("task", "dataset", "backbone", "method")),
        ("timesteps", pa.int64()),
        ("seed", pa.int64()),
        ("energy_model", pa.string()),
        *((name, pa.float64()) for name in ("energy_nj", "energy_ann_nj", "ratio")),
    ]
)


def price(images: pd.DataFrame, models: list[EnergyModel]) -> pd.DataFrame:
    """Return one row for each cell, T and model: nanojoule per image, mean over the images.

    The models of a cell and T keep the order in which they are given.

    E = MACs * mac + SynOps * ac; the ANN pays all its MACs. `ratio` is the quotient of the means.
    State operations have no price in these models; `EnergyModel.omits` says so.
    """
    counts = ["synops", "macs_cached", "macs_streaming", "macs_dense"]
    means = images.groupby(KEYS, as_index=False)[counts].mean()
    priced = pd.concat([_priced(means, model) for model in models], ignore_index=True)
    return priced.sort_values(KEYS, ignore_index=True, kind="stable")[ENERGY.names]


def _priced(means: pd.DataFrame, model: EnergyModel) -> pd.DataFrame:
    energy = (means[model.macs] * model.mac + means["synops"] * model.ac) * NANO
    ann = means["macs_dense"] * model.mac * NANO
    return means[KEYS].assign(
        energy_model=model.name, energy_nj=energy, energy_ann_nj=ann, ratio=energy / ann
    )
