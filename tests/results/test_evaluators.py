"""Evaluators stand together where each was shown to be equal to another of them."""

import pytest

from spikebench.errors import BenchError
from spikebench.results.columns.evaluators import EVALUATORS
from spikebench.results.evaluators import are_equal, pairs, read_equals
from spikebench.results.shards import write_shard

ROW = {"table": "0" * 12, "cells": 30, "date": "2026-01-02"}


@pytest.mark.parametrize(
    ("hashes", "equals", "expected"),
    [
        ("", "", True),
        ("a", "", True),
        ("aaa", "", True),
        ("ab", "", False),
        ("ab", "ab", True),
        ("ab", "ba", True),
        ("ac", "ab bc", True),  # one after another
        ("ac", "cb ba", True),
        ("abc", "ab", False),
        ("ad", "ab cd", False),
    ],
)
def test_a_chain_of_pairs_makes_evaluators_one(hashes, equals, expected):
    assert are_equal(hashes, [tuple(pair) for pair in equals.split()]) is expected


def test_a_run_of_one_evaluator_needs_no_file(tmp_path):
    assert pairs(read_equals(tmp_path)) == []
    write_shard(tmp_path / "evaluators.parquet", [{"one": "a", "other": "b"} | ROW], EVALUATORS)
    assert pairs(read_equals(tmp_path)) == [("a", "b")]


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "evaluators.parquet").write_bytes(b"PAR1")
    with pytest.raises(BenchError, match=r"evaluators\.parquet is damaged"):
        read_equals(tmp_path)
