"""What a later run measured again replaces what the earlier one had, and nothing else does."""

import json
from shutil import copytree

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from spikebench.errors import BenchError
from spikebench.release.merge import merge
from spikebench.results.columns.training import TRAINING
from spikebench.results.shards import read_shard, write_shard
from tests.release.merge.conftest import SHARED, edit
from tests.release.merge.test_conflicts import assign
from tests.release.merge.test_merge import curve

BOARD = ["dataset", "backbone"]


@pytest.fixture
def out(tmp_path):
    return tmp_path / "both"


def read(folder, name) -> pd.DataFrame:
    return pq.read_table(folder / f"{name}.parquet").to_pandas()


def settings(folder) -> dict:
    return yaml.safe_load(read(folder, "run")["config"].iloc[0])


def set_benchmarks(folder, **changes) -> None:
    config = settings(folder)
    config["benchmarks"] = [entry | changes for entry in config["benchmarks"]]
    edit(folder, "run", lambda run: run.assign(config=yaml.safe_dump(config, sort_keys=False)))


def test_cells_of_the_second_run_replace_those_of_the_first(halves, out):
    first, second = halves
    assign(second, "images", "method == 'ann' and backbone == 'denoiser'", psnr=1.5)
    with pytest.raises(BenchError, match="psnr at"):
        merge(first, second, out)
    assert merge(first, second, out, renew=True) == []
    rows = read(out, "images")
    kept = rows[(rows["method"] == "ann") & (rows["backbone"] == "denoiser")]
    assert set(kept["psnr"]) == {1.5}
    assert set(rows["method"]) == {*SHARED, "steady", "greedy", "greedy_plain"}


def test_a_row_that_ran_to_a_larger_t_replaces_the_shorter_one(halves, out, tmp_path):
    first = halves[0]
    second = copytree(first, tmp_path / "longer")
    for name in ("images", "layers"):
        edit(first, name, lambda table: table[table["timesteps"] < 8])
    set_benchmarks(first, up_to=4)
    assert merge(first, second, out, renew=True) == []
    rows = read(out, "images").query("method == 'steady'")
    assert set(rows["timesteps"]) == {1, 2, 4, 8}
    entries = settings(out)["benchmarks"]
    assert [(e["backbones"], e.get("up_to"), e["methods"]) for e in entries] == [
        (["denoiser"], 4, list(SHARED)),
        (["upscaler"], 4, list(SHARED)),
        (["denoiser"], None, ["steady"]),
        (["upscaler"], None, ["steady"]),
    ]


def test_a_row_with_fewer_t_takes_none_away(halves, out, tmp_path):
    first = halves[0]
    second = copytree(first, tmp_path / "fewer")
    for name in ("images", "layers"):
        edit(first, name, lambda table: table[table["timesteps"] != 2])
        edit(second, name, lambda table: table[table["timesteps"] < 4])
    merge(first, second, out, renew=True)
    assert set(read(out, "images").query("method == 'steady'")["timesteps"]) == {1, 4, 8}


def test_a_label_may_name_other_options_once_all_of_its_cells_are_replaced(halves, out):
    first, second = halves
    assign(first, "methods", "method == 'ann'", options='{"old": true}')
    assign(second, "images", "method == 'ann'", psnr=1.5)
    merge(first, second, out, renew=True)
    (found,) = read(out, "methods").query("method == 'ann'")["options"]
    assert found != '{"old": true}'


def test_a_label_with_cells_that_were_not_measured_again_keeps_its_options(halves, out):
    first, second = halves
    assign(first, "methods", "method == 'ann'", options='{"old": true}')
    assign(second, "images", "method == 'ann'", psnr=1.5)
    for name in ("images", "layers", "pictures"):
        edit(second, name, lambda table: table[table["backbone"] == "upscaler"])
    with pytest.raises(BenchError, match="row ann: options is"):
        merge(first, second, out, renew=True)


def test_a_cell_with_equal_numbers_stays_that_of_the_first_run(halves, out):
    """Other code that gave the same numbers is no reason to rename where they come from."""
    first, second = halves
    assign(second, "methods", "method == 'ann'", method_hash="other")
    assign(second, "images", "method == 'ann'", method_hash="other", git_commit="other")
    merge(first, second, out, renew=True)
    assert "other" not in set(read(out, "methods")["method_hash"])
    assert "other" not in set(read(out, "images")["git_commit"])


def test_a_board_on_other_images_replaces_the_board_and_names_what_is_lost(halves, out):
    first, second = halves
    set_benchmarks(first, images=["photo2"])
    lines = merge(first, second, out, renew=True)
    assert len(lines) == 2  # boards
    assert all(line.endswith("which has no row steady: left out.") for line in lines)
    assert set(read(out, "images")["method"]) == {*SHARED, "greedy", "greedy_plain"}
    (run,) = pq.read_table(out / "run.parquet").to_pylist()
    assert all(entry["images"] is None for entry in json.loads(run["benchmarks"]))
    assert set(settings(out)["methods"]) == {*SHARED, "greedy", "greedy_plain"}


def test_a_part_of_a_set_is_replaced_by_the_whole_set(halves, out):
    first, second = halves
    set_benchmarks(first, images=3)
    for name in ("images", "layers", "pictures"):
        edit(first, name, lambda table: table.assign(dataset="photos[3]"))
    merge(first, second, out, renew=True)
    for name in ("images", "layers", "pictures"):
        assert set(read(out, name)["dataset"]) == {"photos"}


def test_a_retrained_state_replaces_that_of_its_rows(halves, out):
    first, second = halves
    for folder, state in zip(halves, ("s" * 64, "t" * 64), strict=True):
        write_shard(folder / "training.parquet", curve([0, 10], state=state), TRAINING)
        assign(folder, "methods", "method == 'ann'", settings='{"tuned": "brief"}')
    assign(second, "images", "method == 'ann'", psnr=1.5)
    merge(first, second, out, renew=True)
    found = read_shard(out / "training.parquet", TRAINING).to_pandas()
    assert set(found["state_sha256"]) == {"t" * 64}


def test_a_retrained_state_is_refused_where_another_row_still_has_the_old_one(halves, out):
    first, second = halves
    for folder, state in zip(halves, ("s" * 64, "t" * 64), strict=True):
        write_shard(folder / "training.parquet", curve([0, 10], state=state), TRAINING)
        assign(folder, "methods", "method == 'ann'", settings='{"tuned": "brief"}')
    assign(first, "methods", "method == 'steady'", settings='{"tuned": "brief"}')
    assign(second, "images", "method == 'ann'", psnr=1.5)
    with pytest.raises(BenchError, match="brief on denoiser is the state tttttttttttt, but ssss"):
        merge(first, second, out, renew=True)
    assert not out.exists()
