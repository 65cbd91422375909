"""What the leaderboard takes over from energy.parquet."""

import math

import pandas as pd

from spikebench.analysis.energy import energy_columns


def energy(**changes) -> dict:
    row = {"task": "denoise", "dataset": "set", "backbone": "net", "method": "a", "timesteps": 4}
    costs = {"energy_nj": 0.5, "energy_ann_nj": 1.0, "energy_effective_nj": 0.8}
    more = {"seed": 0, "energy_model": "m", "energy_twin_nj": 0.4, "ratio": 0.5}
    even = {"break_even_ann": 3.0, "break_even_effective": 2.5, "break_even_twin": 1.0}
    return row | costs | more | even | changes


def test_each_model_has_its_ratios_break_even_points_and_verdict():
    table = energy_columns(pd.DataFrame([energy(), energy(energy_model="k", energy_nj=2.0)]))
    (found,) = table.to_dict("records")
    assert (found["ratio_m"], found["effective_ratio_m"], found["twin_ratio_m"]) == (
        0.5,
        0.625,
        1.25,
    )
    assert (found["break_even_ann_m"], found["break_even_twin_m"]) == (3.0, 1.0)
    assert (found["verdict_m"], found["verdict_k"]) == ("ann effective", "")


def test_a_row_that_beats_all_its_rivals_says_so():
    (found,) = energy_columns(pd.DataFrame([energy(energy_nj=0.1)])).to_dict("records")
    assert found["verdict_m"] == "ann effective twin"


def test_equal_energy_is_not_cheaper():
    (found,) = energy_columns(pd.DataFrame([energy(energy_nj=1.0)])).to_dict("records")
    assert (found["ratio_m"], found["verdict_m"]) == (1.0, "")


def test_without_a_twin_there_is_nothing_to_beat():
    row = energy(energy_nj=0.1, energy_twin_nj=math.nan, break_even_twin=math.nan, timesteps=0)
    (found,) = energy_columns(pd.DataFrame([row])).to_dict("records")
    assert found["verdict_m"] == "ann effective"
    assert math.isnan(found["twin_ratio_m"])


def test_seeds_are_averaged_before_they_are_compared():
    rows = [energy(energy_nj=0.3), energy(energy_nj=0.9, seed=1)]
    (found,) = energy_columns(pd.DataFrame(rows)).to_dict("records")
    assert math.isclose(found["ratio_m"], 0.6)
    assert found["verdict_m"] == "ann effective"


def test_models_keep_the_order_of_the_configuration():
    table = energy_columns(pd.DataFrame([energy(energy_model=name) for name in "zka"]))
    ratios = [name for name in table.columns if name.startswith("ratio_")]
    assert ratios == ["ratio_z", "ratio_k", "ratio_a"]
