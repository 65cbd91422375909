"""What the leaderboard says about energy: for each model ratios, break-even points, a verdict."""

import pandas as pd

from spikebench.energy.price import RIVALS

CELL = ["dataset", "backbone", "method", "timesteps"]


def energy_columns(energy: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each (data set, backbone, method, T) of energy.parquet, seeds averaged.

    For a model M the columns are `ratio_M`, `effective_ratio_M` and `twin_ratio_M`, the row's
    energy over that of the ANN, of the ANN without zeros and of the quantised twin;
    `break_even_ann_M` and `break_even_twin_M` in spikes per neuron; and `verdict_M`, the rivals
    that cost more than the row: "ann effective twin" at best, "" at worst.
    """
    tables = [
        _of_model(energy[energy["energy_model"] == model], model)
        for model in energy["energy_model"].unique()  # in the order of the configuration
    ]
    return pd.concat(tables, axis=1).reset_index()


def _of_model(energy: pd.DataFrame, model: str) -> pd.DataFrame:
    numbers = energy.drop(columns=["task", "seed", "energy_model"])
    mean = numbers.groupby(CELL).mean()
    ratios = {rival: mean["energy_nj"] / mean[f"energy_{rival}_nj"] for rival in RIVALS}
    beaten = pd.DataFrame({rival: ratio < 1 for rival, ratio in ratios.items()})
    return pd.DataFrame(
        {
            f"ratio_{model}": ratios["ann"],
            f"effective_ratio_{model}": ratios["effective"],
            f"twin_ratio_{model}": ratios["twin"],
            f"break_even_ann_{model}": mean["break_even_ann"],
            f"break_even_twin_{model}": mean["break_even_twin"],
            f"verdict_{model}": beaten.apply(lambda row: " ".join(row.index[row]), axis=1),
        }
    )
