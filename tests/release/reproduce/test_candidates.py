"""Cells are drawn only where code, state and processor here can give their bits."""

import json

import pandas as pd
import pytest

from spikebench.errors import BenchError
from spikebench.release.reproduce import candidates as module
from spikebench.release.reproduce.candidates import candidates
from spikebench.release.reproduce.table import Published
from tests.release.reproduce.tables import images, layers, run

HERE, AMD = "cpu: Intel (6-207), AVX512", "cpu: AMD (25-17), AVX512"


@pytest.fixture(autouse=True)
def processor(monkeypatch):
    monkeypatch.setattr(module, "described", lambda device: HERE)


@pytest.fixture
def table(tmp_path):
    """Return a function that makes the table of cells named a, b, ..., one for each row given."""

    def make(*rows: dict) -> Published:
        named = [{"method": "abcdef"[place], **changes} for place, changes in enumerate(rows)]
        return Published(tmp_path, images(*named), layers({}), run())

    return make


def names(found) -> str:
    return "".join(sorted(cell.method for cell in found.cells))


def test_cells_of_the_processor_here_and_of_those_not_named_are_drawn(table, tmp_path):
    of_all = table({"device": "cpu"}, {"device": HERE}, {"device": AMD}, {"device": "cuda: H200"})
    found = candidates(of_all, tmp_path)
    assert (names(found), found.elsewhere) == ("abd", 1)
    found = candidates(of_all, tmp_path, any_device=True)
    assert (names(found), found.elsewhere) == ("abcd", 0)


def test_a_cell_of_two_processors_is_elsewhere(table, tmp_path):
    of_two = table({"device": HERE}, {"method": "a", "device": AMD, "image": "02"}, {})
    assert names(candidates(of_two, tmp_path)) == "c"


def test_where_all_are_elsewhere_it_says_what_to_do(table, tmp_path):
    with pytest.raises(BenchError, match=r"by cpu: AMD .* here is cpu: Intel .* --any-device"):
        candidates(table({"device": AMD}, {"device": AMD}), tmp_path)


def test_slow_cells_and_those_of_another_evaluator_are_left_out(table, tmp_path):
    of_two = table({"seconds": 9.0}, {"evaluator_hash": "one"}, {"evaluator_hash": "two"})
    assert names(candidates(of_two, tmp_path, most_seconds=8.0)) == "bc"
    assert names(candidates(of_two, tmp_path, evaluator="one")) == "b"
    none = candidates(of_two, tmp_path, evaluator="three")
    assert (none.cells, none.elsewhere) == ([], 0)


def test_cells_whose_state_was_trained_again_are_counted(table, tmp_path):
    of_two = table({}, {})
    settings = [json.dumps({"tuned": "brief"}), json.dumps({})]
    methods = pd.DataFrame({"method": ["a", "b"], "settings": settings})
    methods.to_parquet(tmp_path / "methods.parquet")
    states = {"backbone": ["net"], "recipe": ["brief"], "state_sha256": ["before"]}
    pd.DataFrame(states).to_parquet(tmp_path / "training.parquet")
    (tmp_path / "finetuning/states/net").mkdir(parents=True)
    (tmp_path / "finetuning/states/net/brief.safetensors").write_bytes(b"after")
    found = candidates(of_two, tmp_path)
    assert (names(found), found.trained_again) == ("b", 1)
