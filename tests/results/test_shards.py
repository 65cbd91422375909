"""Result tables as files: what is written is read, what does not fit is refused."""

import math
import random

import pandas as pd
import pyarrow.parquet as pq
import pytest

from spikebench.errors import BenchError
from spikebench.results.columns.comparisons import STANDINGS
from spikebench.results.columns.every import TABLES
from spikebench.results.columns.images import IMAGES
from spikebench.results.columns.layers import LAYERS
from spikebench.results.columns.pictures import PICTURES
from spikebench.results.shards import collect, read_shard, write_frame, write_shard
from tests.rows import image_row, row


@pytest.fixture
def shard(tmp_path):
    """Write rows as a shard of the images table and return its path."""

    def write(name: str, *rows: dict):
        write_shard(tmp_path / f"{name}.parquet", list(rows), IMAGES)
        return tmp_path / f"{name}.parquet"

    return write


def test_a_shard_is_read_as_it_was_written(shard):
    rows = [image_row(), image_row(image="02", psnr=math.inf, lpips=0.25)]
    assert read_shard(shard("a", *rows), IMAGES).to_pylist() == rows


def test_a_shard_without_rows_keeps_its_columns(shard):
    assert read_shard(shard("a"), IMAGES).num_rows == 0


def test_the_same_rows_give_the_same_bytes(shard):
    assert shard("a", image_row()).read_bytes() == shard("b", image_row()).read_bytes()


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_a_row_with_a_column_too_few_or_too_many_is_refused(tmp_path, table):
    file, first = tmp_path / "x.parquet", table.names[0]
    short = {name: value for name, value in row(table).items() if name != first}
    with pytest.raises(BenchError, match=rf"x\.parquet: columns \['{first}'\]"):
        write_shard(file, [row(table), short], table)
    with pytest.raises(BenchError, match=r"columns \['psnr_y'\] are missing or unknown"):
        write_shard(file, [row(table, psnr_y=1.0)], table)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"psnr": "29"},
        {"psnr": None},
        {"psnr": math.nan},
        {"synops": 1.5},
        {"synops": None},
        {"synops": 2**70},
        {"image": 1},
        {"image": None},
    ],
    ids=str,
)
def test_a_value_that_does_not_fit_its_column_is_refused(tmp_path, wrong):
    with pytest.raises(BenchError, match=r"x\.parquet: a value does not fit its column"):
        write_shard(tmp_path / "x.parquet", [image_row(), image_row(**wrong)], IMAGES)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_shard_is_refused(shard):
    file = shard("a", image_row())
    content = file.read_bytes()
    for damaged in (content[:-20], content[: len(content) // 2], b"", b"PAR1" * 9):
        file.write_bytes(damaged)
        with pytest.raises(BenchError, match=r"a\.parquet is damaged.*Delete it and run again"):
            read_shard(file, IMAGES)


def test_a_missing_shard_is_named(tmp_path):
    with pytest.raises(BenchError, match=r"gone\.parquet is damaged"):
        read_shard(tmp_path / "gone.parquet", IMAGES)


def test_a_shard_of_another_version_is_refused(shard):
    with pytest.raises(BenchError, match=r"a\.parquet was written by another version"):
        read_shard(shard("a", image_row()), LAYERS)


def test_shards_become_one_sorted_table(shard, tmp_path):
    rows = [image_row(method=m, timesteps=t, image=i) for m in "ab" for t in (2, 16) for i in "12"]
    random.Random(0).shuffle(rows)
    first, second = shard("a", *rows[:3]), shard("b", *rows[3:])
    table = collect([first, second], tmp_path / "all.parquet", IMAGES)
    keys = [(r["method"], r["timesteps"], r["image"]) for r in table.to_pylist()]
    assert keys == [(m, t, i) for m in "ab" for t in (2, 16) for i in "12"]
    assert pq.read_table(tmp_path / "all.parquet").equals(table)


def test_the_table_does_not_depend_on_how_rows_were_sharded(shard, tmp_path):
    rows = [image_row(image=i) for i in "123"]
    one = shard("one", *rows)
    several = [shard(str(i), item) for i, item in enumerate(rows)][::-1]
    for name, shards in [("x", [one]), ("y", several)]:
        collect(shards, tmp_path / f"{name}.parquet", IMAGES)
    assert (tmp_path / "x.parquet").read_bytes() == (tmp_path / "y.parquet").read_bytes()


def test_a_row_in_two_shards_is_refused(shard, tmp_path):
    shards = [shard("a", image_row(), image_row(image="02")), shard("b", image_row(psnr=1.0))]
    with pytest.raises(BenchError, match=r"1 rows stand in two shards.*'image': '01'"):
        collect(shards, tmp_path / "all.parquet", IMAGES)
    assert not (tmp_path / "all.parquet").exists()


@pytest.mark.parametrize("schema", [IMAGES, LAYERS, PICTURES], ids=["images", "layers", "pictures"])
def test_repetitions_stand_side_by_side(tmp_path, schema):
    shards = [tmp_path / "0.parquet", tmp_path / "1.parquet"]
    for seed, shard in enumerate(shards):
        write_shard(shard, [row(schema, seed=seed)], schema)
    table = collect(shards, tmp_path / "all.parquet", schema)
    assert table["seed"].to_pylist() == [0, 1]


def test_rows_of_two_evaluators_are_refused(shard, tmp_path):
    shards = [
        shard("a", image_row(evaluator_hash="old")),
        shard("b", image_row(evaluator_hash="new", method="burst")),
    ]
    with pytest.raises(BenchError, match=r"2 different evaluators.*'method': 'burst'"):
        collect(shards, tmp_path / "all.parquet", IMAGES)
    assert not (tmp_path / "all.parquet").exists()


def test_one_damaged_shard_stops_the_collection(shard, tmp_path):
    good, bad = shard("good", image_row()), shard("bad", image_row(image="02"))
    bad.write_bytes(bad.read_bytes()[:-9])
    with pytest.raises(BenchError, match=r"bad\.parquet is damaged"):
        collect([good, bad], tmp_path / "all.parquet", IMAGES)
    assert not (tmp_path / "all.parquet").exists()


def test_a_frame_is_written_in_the_order_of_the_table_and_missing_numbers_as_such(tmp_path):
    file = tmp_path / "x.parquet"
    rows = [row(STANDINGS), row(STANDINGS, share=math.nan)]
    write_frame(file, pd.DataFrame(rows)[STANDINGS.names[::-1]], STANDINGS)
    assert read_shard(file, STANDINGS)["share"].to_pylist() == [1.0, None]


@pytest.mark.parametrize(
    "wrong", [{"boards": math.nan}, {"boards_run": 1.5}, {"scope": None}], ids=str
)
def test_a_frame_whose_value_does_not_fit_is_refused(tmp_path, wrong):
    with pytest.raises(BenchError, match=r"x\.parquet: a value does not fit its column"):
        write_frame(tmp_path / "x.parquet", pd.DataFrame([row(STANDINGS, **wrong)]), STANDINGS)


def test_a_frame_with_another_column_is_refused(tmp_path):
    frame = pd.DataFrame([row(STANDINGS, more=1)])
    with pytest.raises(BenchError, match=r"columns \['more'\] are missing or unknown"):
        write_frame(tmp_path / "x.parquet", frame, STANDINGS)
