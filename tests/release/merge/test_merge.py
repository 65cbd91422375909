"""Two runs that are parts of a third make the third."""

import json
from shutil import copytree

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from spikebench.errors import BenchError
from spikebench.release.merge import merge
from spikebench.results.columns.images import IMAGES
from spikebench.results.columns.training import TRAINING
from spikebench.results.identity import table_id
from spikebench.results.shards import read_shard, write_shard
from spikebench.stages.render import rank, render
from tests.release.merge.conftest import SHARED, edit
from tests.report.made_up import BACKBONES, METHODS_MADE


@pytest.fixture
def merged(halves, tmp_path):
    merge(*halves, tmp_path / "both")
    return tmp_path / "both"


def test_the_parts_of_a_run_make_the_run(whole, merged):
    found, expected = (pq.read_table(folder / "images.parquet") for folder in (merged, whole))
    assert found.schema.equals(IMAGES.schema)
    assert table_id(found) == table_id(expected)
    for name in ("layers", "pictures"):
        rows = [pq.read_table(folder / f"{name}.parquet").num_rows for folder in (merged, whole)]
        assert rows[0] == rows[1] > 0


def test_ranks_and_prices_are_those_of_the_whole(whole, merged):
    rank(merged)
    keys = ["dataset", "backbone", "method", "timesteps"]
    for name in ("leaderboard", "energy"):
        tables = [pd.read_parquet(f / f"{name}.parquet") for f in (merged, whole)]
        by = [*keys, "energy_model"] if name == "energy" else keys
        found, expected = (t.sort_values(by, ignore_index=True) for t in tables)
        pd.testing.assert_frame_equal(found, expected)


def test_a_merged_run_has_pages_tables_and_figures(merged, tmp_path):
    page = render(merged, tmp_path / "site")
    text = page.read_text(encoding="utf-8")
    assert table_id(pq.read_table(merged / "images.parquet")) in text
    assert "Merged from runs monday (2026-01-02" in text
    ranking = pd.read_csv(tmp_path / "site/tables/ranking.csv")
    assert set(ranking["method"]) == {"ANN", "Input", "Steady", "Greedy", "Greedy, no extra"}
    assert list((tmp_path / "site/figures").glob("*.pdf"))


def test_rows_of_several_devices_are_never_ranked_unsaid(halves, tmp_path):
    for half, device in zip(halves, ("cpu", "cuda: A card"), strict=True):
        edit(half, "images", lambda rows, device=device: rows.assign(device=device))
    merge(*halves, tmp_path / "both")
    (run,) = pq.read_table(tmp_path / "both/run.parquet").to_pylist()
    assert ": cpu; cuda: A card. A spike" in " ".join(json.loads(run["notes"]))


@pytest.mark.parametrize("shows", [(True, False), (False, True), (False, False)])
def test_crops_stay_beside_the_rows_of_a_run_that_keeps_none(halves, tmp_path, shows):
    for half, kept in zip(halves, shows, strict=True):
        if not kept:
            edit(half, "pictures", lambda table: table[:0])
    merge(*halves, tmp_path / "both")
    counted = [pq.read_table(f / "pictures.parquet").num_rows for f in (*halves, tmp_path / "both")]
    assert counted[2] == counted[0] + counted[1]


def test_its_configuration_names_every_row_where_it_ran(merged, halves, tmp_path):
    (run,) = pq.read_table(merged / "run.parquet").to_pylist()
    config = yaml.safe_load(run["config"])
    assert config["run"] == run["run"] == "both"
    assert list(config["methods"]) == [*SHARED, *METHODS_MADE]
    assert config["benchmarks"] == json.loads(run["benchmarks"])
    assert [entry["backbones"] for entry in config["benchmarks"]] == [[name] for name in BACKBONES]
    assert [entry["methods"] for entry in config["benchmarks"]] == [None, None]


def test_a_row_that_ran_on_one_board_is_named_there_alone(halves, tmp_path):
    monday, tuesday = halves
    for name in ("images", "layers", "pictures"):
        edit(tuesday, name, lambda table: table[table["backbone"] == "upscaler"])
    only = [{"datasets": ["photos"], "backbones": ["upscaler"], "images": None}]
    edit(tuesday, "run", lambda run: run.assign(config=_with(run, benchmarks=only)))
    merge(monday, tuesday, tmp_path / "both")
    (run,) = pq.read_table(tmp_path / "both/run.parquet").to_pylist()
    denoiser, upscaler = json.loads(run["benchmarks"])
    assert denoiser["methods"] == [*SHARED, "steady"]
    assert upscaler["methods"] is None


def test_rows_that_ran_to_another_t_have_an_entry_of_their_own(halves, tmp_path):
    monday, tuesday = halves
    entry = {"datasets": ["photos"], "backbones": ["upscaler"], "images": None, "pictures": 1}
    later = [entry | {"up_to": 4, "pictures": 2}]
    for half, benchmarks in ((monday, [entry]), (tuesday, later)):
        for name in ("images", "layers", "pictures"):
            edit(half, name, lambda table: table[table["backbone"] == "upscaler"])
        edit(half, "run", lambda run, b=benchmarks: run.assign(config=_with(run, benchmarks=b)))
    merge(monday, tuesday, tmp_path / "both")
    (run,) = pq.read_table(tmp_path / "both/run.parquet").to_pylist()
    first, second = json.loads(run["benchmarks"])
    assert first == entry | {"methods": [*SHARED, "steady"]}
    assert second == entry | {"up_to": 4, "methods": ["greedy", "greedy_plain"]}


def test_other_seeds_of_the_same_rows_are_repetitions(whole, tmp_path):
    second = copytree(whole, tmp_path / "second")
    for name in ("images", "layers", "pictures"):
        edit(second, name, lambda table: table.assign(seed=1))
    merge(whole, second, tmp_path / "both")
    (run,) = pq.read_table(tmp_path / "both/run.parquet").to_pylist()
    config = yaml.safe_load(run["config"])
    assert (config["seed"], config["repetitions"]) == (0, 2)
    rank(tmp_path / "both")
    assert set(pd.read_parquet(tmp_path / "both/leaderboard.parquet")["seeds"]) == {2}


def curve(steps: list[int], recipe: str = "brief", state: str = "s" * 64) -> list[dict]:
    numbers = dict.fromkeys(("held_out_psnr", "held_out_psnr_ann", "gap_db", "energy"), 0.5)
    return [
        dict.fromkeys(TRAINING.names)
        | numbers
        | {"backbone": "denoiser", "recipe": recipe, "step": step, "images": 4 * step}
        | {"kept": step == steps[-1], "state_sha256": state}
        for step in steps
    ]


def test_curves_of_both_runs_are_kept_once(halves, tmp_path):
    write_shard(halves[0] / "training.parquet", curve([0, 10], "x"), TRAINING)
    write_shard(halves[1] / "training.parquet", curve([0, 10], "x") + curve([0, 5]), TRAINING)
    merge(*halves, tmp_path / "both")
    found = read_shard(tmp_path / "both/training.parquet", TRAINING).to_pandas()
    pairs = list(zip(found["recipe"], found["step"], strict=True))
    assert pairs == [("brief", 0), ("brief", 5), ("x", 0), ("x", 10)]


def test_a_run_of_before_curves_were_kept_is_merged(halves, tmp_path):
    write_shard(halves[0] / "training.parquet", curve([0, 10]), TRAINING)
    (halves[1] / "training.parquet").unlink(missing_ok=True)
    merge(*halves, tmp_path / "both")
    assert read_shard(tmp_path / "both/training.parquet", TRAINING).num_rows == 2


def test_two_states_of_one_name_are_named(halves, tmp_path):
    write_shard(halves[0] / "training.parquet", curve([0, 10]), TRAINING)
    write_shard(halves[1] / "training.parquet", curve([0, 10], state="t" * 64), TRAINING)
    said = "training.parquet: brief on denoiser is the state tttttttttttt, but ssssssssssss in"
    with pytest.raises(BenchError, match=said):
        merge(*halves, tmp_path / "both")


def test_a_failed_cell_that_the_other_run_has_measured_is_no_failure(halves, tmp_path):
    monday, tuesday = halves
    cell = {"dataset": "photos", "backbone": "upscaler", "seed": 0}
    failed = [cell | {"method": "greedy"}, cell | {"method": "lost"}]
    edit(monday, "run", lambda run: run.assign(failures=json.dumps(failed)))
    merge(monday, tuesday, tmp_path / "both")
    (run,) = pq.read_table(tmp_path / "both/run.parquet").to_pylist()
    assert json.loads(run["failures"]) == [cell | {"method": "lost"}]


@pytest.mark.parametrize(("name", "said"), [("Both", "lower-case"), ("monday", "there already")])
def test_an_output_that_will_not_do_is_refused(halves, tmp_path, name, said):
    with pytest.raises(BenchError, match=said):
        merge(*halves, tmp_path / name)


def _with(run: pd.DataFrame, **changes) -> str:
    return yaml.safe_dump(yaml.safe_load(run["config"].iloc[0]) | changes, sort_keys=False)
