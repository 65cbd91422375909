"""Prices: energy.parquet with the seeds averaged, one row a model."""

import math

import pandas as pd

from spikebench.analysis.prices import models, of_model, prices
from spikebench.results.columns.energy import PRICES


def energy(**changes) -> dict:
    row = {"task": "denoise", "dataset": "set", "backbone": "net", "method": "a", "timesteps": 4}
    costs = {"energy_nj": 0.5, "energy_ann_nj": 1.0, "energy_effective_nj": 0.8}
    more = {"seed": 0, "energy_model": "m", "energy_twin_nj": 0.4, "ratio": 0.5}
    even = {"break_even_ann": 3.0, "break_even_effective": 2.5, "break_even_twin": 1.0}
    return row | costs | more | even | changes


def test_each_model_has_a_row_with_its_ratios_break_even_points_and_verdict():
    table = prices(pd.DataFrame([energy(), energy(energy_model="k", energy_nj=2.0)]))
    assert table.columns.tolist() == PRICES.names
    first, second = table.to_dict("records")
    assert (first["energy_model"], second["energy_model"]) == ("m", "k")
    ratios = [first[name] for name in ("ratio", "effective_ratio", "twin_ratio")]
    assert ratios == [0.5, 0.625, 1.25]
    assert (first["break_even_ann"], first["break_even_twin"]) == (3.0, 1.0)
    assert (first["verdict"], second["verdict"]) == ("ann effective", "")


def test_a_row_that_beats_all_its_rivals_says_so():
    (found,) = prices(pd.DataFrame([energy(energy_nj=0.1)])).to_dict("records")
    assert found["verdict"] == "ann effective twin"


def test_equal_energy_is_not_cheaper():
    (found,) = prices(pd.DataFrame([energy(energy_nj=1.0)])).to_dict("records")
    assert (found["ratio"], found["verdict"]) == (1.0, "")


def test_without_a_twin_there_is_nothing_to_beat():
    row = energy(energy_nj=0.1, energy_twin_nj=math.nan, break_even_twin=math.nan, timesteps=0)
    (found,) = prices(pd.DataFrame([row])).to_dict("records")
    assert found["verdict"] == "ann effective"
    assert math.isnan(found["twin_ratio"])


def test_seeds_are_averaged_before_they_are_compared():
    rows = [energy(energy_nj=0.3), energy(energy_nj=0.9, seed=1)]
    (found,) = prices(pd.DataFrame(rows)).to_dict("records")
    assert math.isclose(found["ratio"], 0.6)
    assert found["verdict"] == "ann effective"


def test_models_keep_the_order_of_the_configuration_in_every_row():
    rows = [energy(energy_model=name, method=method) for name in "zka" for method in "ba"]
    table = prices(pd.DataFrame(rows))
    assert list(zip(table["method"], table["energy_model"], strict=True)) == [
        (method, model) for method in "ab" for model in "zka"
    ]
    assert models(table) == ["z", "k", "a"]
    assert set(of_model(table, "k")["energy_model"]) == {"k"}
