"""Each conflict is one line that names the run, the file, the key and what to do."""

import pandas as pd
import pytest
import yaml

from spikebench.errors import BenchError
from spikebench.release.merge import merge
from spikebench.release.merge.conflicts import conflicts
from spikebench.release.merge.finished import Finished
from tests.release.merge.conftest import edit


def found(halves) -> list[str]:
    return conflicts(*map(Finished.read, halves))


def assign(folder, name, rows, **values) -> None:
    """Replace values of the rows that a query finds."""

    def change(table):
        table.loc[table.query(rows).index, list(values)] = list(values.values())
        return table

    edit(folder, name, change)


def test_equal_rows_are_no_conflict(halves):
    assert found(halves) == []


def test_volatile_columns_are_no_conflict(halves):
    assign(halves[1], "images", "seed == 0", seconds=9.0, device="cuda", git_commit="other")
    assert found(halves) == []


def test_another_number_under_the_same_key_is_named(halves, tmp_path):
    rows = "method == 'ann' and backbone == 'denoiser' and image == 'photo2'"
    assign(halves[1], "images", rows, psnr=1.5, ssim=0.5)
    (line,) = found(halves)
    assert line.startswith(f"{halves[1]}/images.parquet: photos, denoiser, ann, seed 0: psnr at ")
    assert f"image photo2, timesteps 0 is 1.5, but 29.2 in {halves[0]} (2 values differ)" in line
    assert line.endswith(
        "--forcerun results/tuesday/cells/photos/denoiser/ann/seed0/images.parquet"
    )
    with pytest.raises(BenchError, match="2 values differ"):
        merge(*halves, tmp_path / "both")
    assert not (tmp_path / "both").exists()


def test_another_count_of_a_layer_is_named(halves):
    assign(halves[1], "layers", "method == 'ann' and backbone == 'upscaler'", macs_dense=7.0)
    (line,) = found(halves)
    assert "layers.parquet: photos, upscaler, ann, seed 0: macs_dense at layer hidden" in line


@pytest.mark.parametrize("column", ["protocol", "dataset_sha256", "weights_sha256"])
def test_a_board_measured_otherwise_is_named(halves, column):
    assign(halves[1], "images", "backbone == 'denoiser'", **{column: "other"})
    (line,) = found(halves)
    assert f"images.parquet: photos with denoiser: {column} is other, but x in {halves[0]}" in line


def test_another_evaluator_is_named_with_the_commits(halves):
    edit(halves[1], "images", lambda table: table.assign(evaluator_hash="y"))
    (line,) = found(halves)
    assert f"{halves[1]}/images.parquet: evaluator y, but x in {halves[0]}" in line
    assert "commit 0123abc+dirty" in line


@pytest.mark.parametrize(
    ("column", "value"), [("method_hash", "other"), ("options", '{"initial": 0.5}')]
)
def test_a_label_that_means_two_things_is_named(halves, column, value):
    assign(halves[1], "methods", "method == 'ann'", **{column: value})
    (line,) = found(halves)
    assert f"methods.parquet: row ann: {column} is {value}, but" in line
    assert "Give one of them another label" in line


def test_other_settings_are_named(halves):
    def change(run):
        config = yaml.safe_load(run["config"].iloc[0])
        config["calibration"]["patches"] = 8
        return run.assign(config=yaml.safe_dump(config | {"readout": {"delayed": 1}}))

    edit(halves[1], "run", change)
    readout, calibration = found(halves)
    assert "run.parquet: `readout` is {'delayed': 1}, but mean in" in readout
    assert "`calibration` is {'datasets'" in calibration


def test_another_part_of_a_set_is_named(halves):
    def change(run):
        config = yaml.safe_load(run["config"].iloc[0])
        config["benchmarks"][0] |= {"images": 4, "backbones": ["denoiser"]}
        return run.assign(config=yaml.safe_dump(config))

    edit(halves[1], "run", change)
    (line,) = found(halves)
    assert "`benchmarks`: photos with denoiser: images is 4, but None in" in line


def test_other_prices_under_one_name_are_named(halves):
    assign(halves[1], "energy_models", "name == 'lemaire_int32'", source="my own")
    (line,) = found(halves)
    assert "energy_models.parquet: lemaire_int32 prices by my own, but by Lemaire" in line


def test_rows_on_other_images_or_seeds_are_named(halves):
    edit(halves[1], "images", lambda t: t[(t["method"] != "greedy") | (t["image"] != "photo0")])
    lines = found(halves)
    assert len(lines) == 2  # one a board
    assert "row greedy has 5 images with seeds [0], where other rows have 6 images" in lines[0]


def test_seeds_with_a_gap_are_named(halves):
    edit(halves[1], "images", lambda table: table.assign(seed=2))
    assert any("together the seeds are [0, 2]" in line for line in found(halves))


def test_tables_of_another_schema_or_missing_are_named(halves):
    file = halves[1] / "images.parquet"
    pd.read_parquet(file).drop(columns="ssim").to_parquet(file)
    (halves[1] / "layers.parquet").unlink()
    with pytest.raises(BenchError) as error:
        Finished.read(halves[1])
    first, second = str(error.value).splitlines()
    assert first == f"{file} was written by another version. Delete it and run again."
    assert second.startswith(f"{halves[1]}/layers.parquet is missing")
