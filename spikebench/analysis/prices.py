"""What a row of the leaderboard costs under each energy model: ratios, break-even, verdict."""

import pandas as pd

from spikebench.energy.price import RIVALS
from spikebench.results.columns.energy import PRICES

KEYS = ["task", "dataset", "backbone", "method", "timesteps", "energy_model"]


def prices(energy: pd.DataFrame) -> pd.DataFrame:
    """Return prices.parquet: energy.parquet with the seeds averaged, and what follows from it.

    `ratio`, `effective_ratio` and `twin_ratio` are the row's mean energy over the mean energy of
    the ANN, of the ANN without zeros and of the quantised twin. `verdict` names the rivals that
    cost more than the row: "ann effective twin" at best, "" at worst. The models of a row stay in
    the order in which `energy` has them, the configuration's.
    """
    order = {model: place for place, model in enumerate(energy["energy_model"].unique())}
    mean = energy.drop(columns="seed").groupby(KEYS, as_index=False).mean()
    ratios = {rival: mean["energy_nj"] / mean[f"energy_{rival}_nj"] for rival in RIVALS}
    beaten = pd.DataFrame({rival: ratio < 1 for rival, ratio in ratios.items()})
    table = mean.assign(
        ratio=ratios["ann"],
        effective_ratio=ratios["effective"],
        twin_ratio=ratios["twin"],
        verdict=[" ".join(beaten.columns[row]) for row in beaten.to_numpy(dtype=bool)],
        place=mean["energy_model"].map(order),
    )
    rows = table.sort_values([*KEYS[:-1], "place"], ignore_index=True)
    return rows[PRICES.names]


def of_model(prices: pd.DataFrame, model: str) -> pd.DataFrame:
    """Return the rows of prices.parquet under one energy model."""
    return prices[prices["energy_model"] == model]


def models(prices: pd.DataFrame) -> list[str]:
    """Return the energy models of prices.parquet, in the configuration's order."""
    return list(prices["energy_model"].unique())
