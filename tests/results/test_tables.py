"""The tables of a run: their columns, their files, what is refused, what identifies them."""

import math
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spikebench.analysis.compare import COMPARISONS, CURVES, STANDINGS
from spikebench.errors import BenchError
from spikebench.results.tables import (
    IMAGES,
    LAYERS,
    METHODS,
    PICTURES,
    RUN,
    VOLATILE,
    collect,
    read_shard,
    table_id,
    write_shard,
)
from tests.rows import image_row, row

TEXT = "string not null"
WHOLE = "int64 not null"
REAL = "double not null"

DIFFERENT = {str: "another", int: 7, float: 7.5}  # from any value of tests/rows.py

PUBLISHED = {
    "images": (
        IMAGES,
        {
            TEXT: "task dataset image backbone method family spike_class protocol method_hash "
            "weights_sha256 dataset_sha256 evaluator_hash config_hash git_commit version "
            "torch_version device",
            WHOLE: "timesteps latency_steps seed neurons synops macs_cached macs_streaming "
            "state_ops macs_dense macs_effective state_ops_ann threads",
            REAL: "psnr ssim psnr_ann psnr_input spikes_per_neuron seconds",
            "double": "lpips output_entropy",
        },
    ),
    "layers": (
        LAYERS,
        {
            TEXT: "task dataset backbone method layer op input_kind",
            WHOLE: "timesteps seed",
            REAL: "neurons events spikes synops macs_cached macs_streaming rate passes macs_dense "
            "macs_effective inputs outputs weights biases kernel channels_in channels_out",
        },
    ),
    "pictures": (
        PICTURES,
        {
            TEXT: "dataset image backbone method role",
            WHOLE: "timesteps seed",
            "binary not null": "webp",
        },
    ),
    "methods": (
        METHODS,
        {
            TEXT: "method name title family citation bibtex anytime summary documentation options "
            "settings source method_hash"
        },
    ),
    "run": (
        RUN,
        {
            TEXT: "run config timesteps base_seed benchmarks datasets backbones refusals failures "
            "notes git_commit version python torch_version platform created"
        },
    ),
    "comparisons": (
        COMPARISONS,
        {
            TEXT: "task dataset backbone protocol rule method against rival",
            WHOLE: "timesteps rival_timesteps images seeds images_differing",
            REAL: "difference_db difference_low difference_high",
            "double": "seed_sd_db p p_holm",
        },
    ),
    "curves": (
        CURVES,
        {
            TEXT: "task dataset backbone protocol method energy_model reference bd_psnr_reason "
            "bd_energy_reason",
            WHOLE: "points",
            "double": "bd_psnr_db bd_psnr_from bd_psnr_to bd_psnr_share bd_energy_percent "
            "bd_energy_from bd_energy_to bd_energy_share ratio_to_0_1_db ratio_to_0_5_db "
            "ratio_to_1_0_db",
            "int64": "t_to_0_1_db t_to_0_5_db t_to_1_0_db",
        },
    ),
    "standings": (
        STANDINGS,
        {
            TEXT: "scope rule method",
            WHOLE: "boards boards_ranked rank",
            REAL: "points",
            "double": "share",
        },
    ),
}


@pytest.fixture
def shard(tmp_path):
    """Write rows as a shard of the images table and return its path."""

    def write(name: str, *rows: dict):
        write_shard(tmp_path / f"{name}.parquet", list(rows), IMAGES)
        return tmp_path / f"{name}.parquet"

    return write


def images(*rows: dict) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=IMAGES)


@pytest.mark.parametrize(("schema", "columns"), PUBLISHED.values(), ids=PUBLISHED.keys())
def test_the_columns_are_the_published_ones(schema, columns):
    expected = {name: kind for kind, names in columns.items() for name in names.split()}
    found = {f.name: f"{f.type}{'' if f.nullable else ' not null'}" for f in schema}
    assert found == expected


def test_a_shard_is_read_as_it_was_written(shard):
    rows = [image_row(), image_row(image="02", psnr=math.inf, lpips=0.25)]
    assert read_shard(shard("a", *rows), IMAGES).to_pylist() == rows


def test_a_shard_without_rows_keeps_its_columns(shard):
    assert read_shard(shard("a"), IMAGES).num_rows == 0


def test_the_same_rows_give_the_same_bytes(shard):
    assert shard("a", image_row()).read_bytes() == shard("b", image_row()).read_bytes()


@pytest.mark.parametrize("schema", [item[0] for item in PUBLISHED.values()], ids=PUBLISHED.keys())
def test_a_row_with_a_column_too_few_or_too_many_is_refused(tmp_path, schema):
    file, first = tmp_path / "x.parquet", schema.names[0]
    short = {name: value for name, value in row(schema).items() if name != first}
    with pytest.raises(BenchError, match=rf"x\.parquet: columns \['{first}'\]"):
        write_shard(file, [row(schema), short], schema)
    with pytest.raises(BenchError, match=r"columns \['psnr_y'\] are missing or unknown"):
        write_shard(file, [row(schema, psnr_y=1.0)], schema)
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


def test_a_table_id_is_twelve_hex_digits():
    found = table_id(images(image_row()))
    assert len(found) == 12
    assert set(found) <= set("0123456789abcdef")


def test_the_id_does_not_depend_on_the_order_of_rows_or_columns():
    rows = [image_row(image=i, seed=s, lpips=p) for i in "123" for s, p in [(0, None), (1, 0.5)]]
    table = images(*rows)
    shuffled = table.take(pa.array([4, 0, 5, 2, 1, 3])).select(sorted(IMAGES.names))
    assert table_id(shuffled) == table_id(table)


def test_the_id_does_not_depend_on_volatile_columns():
    others = {name: DIFFERENT[type(image_row()[name])] for name in VOLATILE}
    assert table_id(images(image_row(**others))) == table_id(images(image_row()))


@pytest.mark.parametrize("name", sorted(set(IMAGES.names) - set(VOLATILE)))
def test_the_id_depends_on_every_other_column(name):
    value = 0.5 if image_row()[name] is None else DIFFERENT[type(image_row()[name])]
    assert table_id(images(image_row(**{name: value}))) != table_id(images(image_row()))


def test_the_id_sees_the_last_bit_of_a_number_and_a_row_more():
    rows = [image_row(psnr=29.0), image_row(psnr=math.nextafter(29.0, 30))]
    assert len({table_id(images(item)) for item in rows} | {table_id(images(*rows))}) == 3
