"""Reading a run."""

from dataclasses import replace

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from spikebench.errors import BenchError
from spikebench.report.results import Results
from tests.report.made_up import ENERGY_MODELS


def test_a_run_is_read_with_its_id_and_models(results):
    assert len(results.table_id) == 12
    assert results.models == ENERGY_MODELS


def test_the_configuration_ends_with_the_models_that_priced_it(results):
    shown = yaml.safe_load(results.configuration)
    assert shown == {"run": "made_up", "energy_models": ENERGY_MODELS}
    assert results.run["timesteps"] == [1, 2, 4, 8]


def test_a_missing_table_is_named(copied):
    (copied / "pictures.parquet").unlink()
    with pytest.raises(BenchError, match=r"pictures\.parquet.*snakemake"):
        Results.read(copied)


def test_results_that_an_older_version_ranked_say_how_to_rank_them_again(copied):
    (copied / "prices.parquet").unlink()
    with pytest.raises(BenchError, match=rf"older version.*spikebench render {copied}"):
        Results.read(copied)


def test_a_leaderboard_without_a_column_says_how_to_rank_it_again(copied):
    file = copied / "leaderboard.parquet"
    pq.write_table(pq.read_table(file).drop_columns(["images_left_out"]), file)
    hint = rf"no column images_left_out of leaderboard\.parquet.*spikebench render {copied}"
    with pytest.raises(BenchError, match=hint):
        Results.read(copied)


def test_the_grid_has_the_t_that_only_some_rows_have(results):
    assert results.grid == [1, 2, 4, 8]
    table = results.leaderboard.replace({"timesteps": {8: 40}})
    assert replace(results, leaderboard=table, run=results.run | {"timesteps": [1, 2]}).grid == [
        1,
        2,
        4,
        40,
    ]


def test_an_image_of_a_set_and_of_a_part_of_it_is_one(results):
    images = results.images
    part = images.assign(dataset=images["dataset"] + "[2]")
    both = replace(results, images=pd.concat([images, part], ignore_index=True))
    expected = {tuple(pair) for pair in images[["dataset", "image"]].to_numpy()}
    assert {tuple(pair) for pair in both.scenes.to_numpy()} == expected
    assert len(both.scenes) == len(expected)
