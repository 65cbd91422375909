"""Apply energy models to the counts of a run."""

import numpy as np
import pandas as pd

from spikebench.energy.model import EnergyModel
from spikebench.energy.work import KEYS, System, are_bits_known, rows_of, silent, work

RIVALS: tuple[System, ...] = ("ann", "effective", "twin")
QUANTISED: System = "quantised"
NANOJOULE = 1e-3  # in a picojoule


def price(images: pd.DataFrame, layers: pd.DataFrame, models: list[EnergyModel]) -> pd.DataFrame:
    """Return energy.parquet: a row for each cell, T and model, from images and layers.parquet.

    Energies are nanojoule per image, at the counts' mean over the images: `energy_nj` is the row's,
    the others those of its rivals on the same images. `ratio` is the row's over the ANN's. The
    models of a cell and T keep the order in which they are given.

    A reference at a T that took one pass is a quantised ANN. It is priced by the bits of its
    activations; where none were stored, as by older versions, it has no price. `break_even`
    is the number of spikes per neuron at which the row would cost what the rival does, all layers
    spiking less or more alike; 0 where it costs more without any spike. Missing where there is no
    twin (T = 0) or no spike.
    """
    rows = rows_of(images)
    own = {first: work(layers, rows, "snn", first) for first in ("cached", "streaming")}
    others = {system: work(layers, rows, system) for system in (*RIVALS, QUANTISED)}
    known = are_bits_known(layers, rows)
    tables = [_priced(rows, own[model.first_layer], others, known, model) for model in models]
    priced = pd.concat(tables, ignore_index=True)
    return priced.sort_values(KEYS, ignore_index=True, kind="stable")


def _priced(
    rows: pd.DataFrame,
    own: pd.DataFrame,
    others: dict[System, pd.DataFrame],
    known: pd.Series,
    model: EnergyModel,
) -> pd.DataFrame:
    works: dict[str, pd.DataFrame] = {
        "snn": own,
        "silent": silent(own),
        **{str(k): v for k, v in others.items()},
    }
    costs = {name: _total(rows, done, model) for name, done in works.items()}
    costs["twin"][rows["timesteps"] == 0] = np.nan
    twins = _is_quantised(rows)
    costs["snn"] = costs["snn"].where(~twins, costs[QUANTISED].where(known))
    break_even = {
        f"break_even_{rival}": _break_even(rows, costs, rival).mask(twins) for rival in RIVALS
    }
    return rows[KEYS].assign(
        energy_model=model.name,
        energy_nj=costs["snn"],
        **{f"energy_{rival}_nj": costs[rival] for rival in RIVALS},
        ratio=costs["snn"] / costs["ann"],
        **break_even,
    )


def _total(rows: pd.DataFrame, done: pd.DataFrame, model: EnergyModel) -> pd.Series:
    """Return the nanojoule of all layers and the state of each row of `rows`."""
    energy = model.picojoule(done) * NANOJOULE
    return energy.groupby(done["row"]).sum().reindex(rows.index)


def _is_quantised(rows: pd.DataFrame) -> pd.Series:
    one_pass = (rows["timesteps"] > 0) & (rows["latency_steps"] == 1)
    return one_pass & (rows["family"] == "reference")


def _break_even(rows: pd.DataFrame, costs: dict[str, pd.Series], rival: str) -> pd.Series:
    """Energy is linear in the spikes: scale them until the row's energy meets the rival's."""
    by_spikes = (costs["snn"] - costs["silent"]).where(costs["snn"] > costs["silent"])
    left = (costs[rival] - costs["silent"]).clip(lower=0.0)
    return rows["spikes_per_neuron"] * left / by_spikes
