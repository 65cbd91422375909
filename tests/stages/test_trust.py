"""The trust table: known numbers and measured ones, joined."""

import math

import pandas as pd
import pytest

from spikebench.ann.backbone import load_backbone_spec
from spikebench.results.columns.verification import TRUST, VERIFIED
from spikebench.results.shards import read_shard, write_shard
from spikebench.stages.trust import write_trust

NAME = "dncnn_tiny_s25"


def verified(image: str, psnr: float, protocol: str = "grey_float") -> dict:
    keys = {"backbone": NAME, "dataset": "set12", "protocol": protocol, "image": image}
    hashes = {"weights_sha256": "a" * 64, "dataset_sha256": "b" * 64}
    return keys | hashes | {"psnr": psnr, "ssim": 0.9, "psnr_input": 20.0, "ssim_input": 0.5}


@pytest.fixture
def table(tmp_path):
    return written(
        tmp_path, verified("1", 29.0), verified("2", 31.0), verified("1", 99.0, "rgb_float")
    )


def written(tmp_path, *rows: dict) -> pd.DataFrame:
    write_shard(tmp_path / "shard.parquet", list(rows), VERIFIED)
    write_trust([tmp_path / "shard.parquet"], tmp_path / "trust.parquet")
    return read_shard(tmp_path / "trust.parquet", TRUST).to_pandas()


def test_a_measured_number_is_the_mean_under_the_stated_protocol(table):
    (row,) = table[table["backbone"] == NAME].to_dict("records")
    known = load_backbone_spec(NAME).measured[0]
    assert (row["stated_psnr"], row["protocol"]) == (known.psnr, known.protocol)
    assert (row["psnr"], row["images"], row["note"]) == (30.0, 2, "")
    assert (row["weights_sha256"], row["psnr_input"]) == ("a" * 64, 20.0)


def test_what_was_not_measured_is_missing_and_says_why(table):
    others = table[table["backbone"] != NAME]
    assert len(others) and others["psnr"].isna().all() and (others["images"] == 0).all()
    assert all(others["note"])


def test_every_known_number_has_its_row(table):
    for name, group in table.groupby("backbone"):
        spec = load_backbone_spec(name)
        assert len(group) == len(spec.published) + len(spec.measured)


def test_an_image_whose_psnr_is_not_finite_is_left_out_and_named(tmp_path):
    rows = [verified("flat", math.inf), verified("1", 29.0), verified("2", 32.0)]
    table = written(tmp_path, *rows, verified("bare", 30.0) | {"psnr_input": math.inf})
    row = table.set_index("backbone").loc[NAME]
    assert (row["psnr"], row["psnr_input"], row["images"]) == (30.5, 20.0, 2)
    assert row["note"] == "2 of 4 images left out, PSNR not finite: bare, flat"


def test_a_set_of_flat_images_alone_has_no_measured_number(tmp_path):
    row = written(tmp_path, verified("flat", math.inf)).set_index("backbone").loc[NAME]
    assert math.isnan(row["psnr"]) and row["images"] == 0 and "1 of 1" in row["note"]
