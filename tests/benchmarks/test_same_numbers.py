"""The comparison of two runs sees the last bit of a number, and reads both forms of the prices."""

import math

import pandas as pd
import pytest

from benchmarks.same_numbers import PRICED, differences, wide

KEYS = {"task": "denoise", "dataset": "set", "backbone": "net", "method": "a", "timesteps": 4}


def frame(**changes) -> pd.DataFrame:
    return pd.DataFrame([{**KEYS, "psnr": 29.0, "gap_db": math.nan, **changes}])


def test_equal_numbers_are_equal_and_missing_ones_alike():
    assert differences(frame(), frame()) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"psnr": math.nextafter(29.0, 30)}, "psnr: 1 of 1 values differ"),
        ({"gap_db": 0.0}, "gap_db: 1 of 1 values differ"),
        ({"timesteps": 5}, "of other keys"),
    ],
)
def test_the_last_bit_a_missing_number_and_another_row_are_seen(changed, said):
    (line,) = differences(frame(), frame(**changed))
    assert said in line


def test_a_missing_column_is_named():
    assert differences(frame(), frame().drop(columns="psnr")) == ["columns are missing: psnr"]


def test_long_prices_are_read_as_columns_of_the_leaderboard(tmp_path):
    rows = [
        {
            **KEYS,
            "energy_model": model,
            **{name: number + place for place, name in enumerate(PRICED)},
        }
        for model, number in (("m", 1.0), ("k", 10.0))
    ]
    pd.DataFrame(rows).to_parquet(tmp_path / "prices.parquet")
    (found,) = wide(frame(), tmp_path).to_dict("records")
    assert (found["ratio_m"], found["twin_ratio_k"], found["psnr"]) == (1.0, 12.0, 29.0)
    assert len(found) == len(frame().columns) + 2 * len(PRICED)


def test_a_leaderboard_that_holds_the_prices_is_left_as_it_is(tmp_path):
    assert wide(frame(ratio_m=0.5), tmp_path).equals(frame(ratio_m=0.5))
