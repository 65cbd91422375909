"""A row whose state was trained again is known by its hash."""

import json

import pandas as pd
import pytest

from spikebench.io.checksums import file_sha256
from spikebench.release.reproduce.states import trained_again

STATE = "finetuning/states/net/brief.safetensors"


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / STATE).parent.mkdir(parents=True)
    (tmp_path / STATE).write_bytes(b"weights")
    return tmp_path


@pytest.fixture
def table(tmp_path, checkout):
    """Write the table of a row with that state, and of one without."""

    def write(state: str):
        folder = tmp_path / "results"
        folder.mkdir()
        settings = [json.dumps({"tuned": "brief"}), json.dumps({})]
        methods = pd.DataFrame({"method": ["tuned", "plain"], "settings": settings})
        methods.to_parquet(folder / "methods.parquet")
        training = {
            "backbone": ["net", "far"],
            "recipe": ["brief"] * 2,
            "state_sha256": [state] * 2,
        }
        pd.DataFrame(training).to_parquet(folder / "training.parquet")
        return folder

    return write


def test_only_rows_of_another_state_are_named(table, checkout):
    assert trained_again(table("0" * 64), checkout) == {("net", "tuned")}


def test_the_same_state_gives_the_same_rows(table, checkout):
    assert trained_again(table(file_sha256(checkout / STATE)), checkout) == set()


def test_a_table_without_training_has_none(tmp_path, checkout):
    assert trained_again(tmp_path, checkout) == set()
