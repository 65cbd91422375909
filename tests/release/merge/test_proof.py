"""Runs of two evaluators are merged where 30 random cells were equal, and only then."""

import json

import pyarrow.parquet as pq
import pytest

from spikebench.errors import BenchError
from spikebench.release.merge import merge
from spikebench.release.merge.proof import read_proof
from spikebench.release.reproduce import write_evidence
from spikebench.release.reproduce.draw import TableCell
from spikebench.release.reproduce.outcome import Drawn, Outcome, Place, Reproduction
from spikebench.report.results import Results
from spikebench.stages.render import rank
from tests.release.merge.conftest import edit


def place(evaluator: str) -> Place:
    return Place(evaluator, "c0ffee", "0.1.0", "2.13.0", "cpu", "3.11", "Linux")


@pytest.fixture
def proof(tmp_path):
    """Write the report of a reproduction, in the form that the command writes."""

    def write(there: str, here: str, cells: int = 30, **last: str):
        cell = TableCell("photos", "denoiser", "steady", 0)
        outcomes = [Outcome(cell, 3, 2, "0", "0") for _ in range(cells - 1)]
        outcomes.append(Outcome(cell, 3, 2, "0", "0", **last))
        drawn = Drawn(cells, 1, cells, cells)
        places = place(there), place(here)
        found = Reproduction("0123456789ab", "mine", drawn, *places, {}, True, outcomes)
        write_evidence(found, tmp_path / "proof.json")
        return tmp_path / "proof.json"

    return write


@pytest.fixture
def apart(halves):
    """Both runs, the second of which was measured by evaluator `y`, the first by `x`."""
    for half, evaluator in zip(halves, "xy", strict=True):
        edit(half, "images", lambda rows, hash_=evaluator: rows.assign(evaluator_hash=hash_))
    return halves


def test_rows_of_both_evaluators_are_shown_together(apart, proof, tmp_path):
    both = tmp_path / "both"
    with pytest.raises(BenchError, match="give --proof a report of 30 random cells"):
        merge(*apart, both)
    merge(*apart, both, proofs=[proof("x", "y")])
    (row,) = pq.read_table(both / "evaluators.parquet").to_pylist()
    assert (row["one"], row["other"], row["cells"]) == ("x", "y", 30)
    rank(both)
    assert set(Results.read(both).images["evaluator_hash"]) == {"x", "y"}


def test_a_proof_of_other_evaluators_is_none(apart, proof, tmp_path):
    with pytest.raises(BenchError, match="evaluator y, but x in"):
        merge(*apart, tmp_path / "both", proofs=[proof("x", "z")])
    assert not (tmp_path / "both").exists()


def test_a_merged_run_keeps_what_was_shown(apart, proof, tmp_path, whole):
    merge(*apart, tmp_path / "both", proofs=[proof("x", "y")])
    merge(tmp_path / "both", apart[1], tmp_path / "three")
    assert pq.read_table(tmp_path / "three/evaluators.parquet").num_rows == 1


def test_a_run_of_one_evaluator_has_no_such_file(halves, tmp_path):
    merge(*halves, tmp_path / "both")
    assert not (tmp_path / "both/evaluators.parquet").exists()


def test_a_table_of_two_evaluators_is_shown_equal_to_a_third(proof):
    assert [row["one"] for row in read_proof(proof("x and y", "z"))] == ["x", "y"]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"cells": 29}, "has 29 cells. Expected: at least 30"),
        ({"difference": "psnr is 1"}, "1 of 30 cells are not equal"),
        ({"failure": "no data set"}, "1 of 30 cells are not equal"),
    ],
)
def test_fewer_cells_and_other_numbers_are_no_proof(proof, told, said):
    with pytest.raises(BenchError, match=said):
        read_proof(proof("x", "y", **told))


@pytest.mark.parametrize("text", ["", "[]", json.dumps({"outcomes": [{"equal": True}]})])
def test_another_file_is_refused(tmp_path, text):
    (tmp_path / "mine.json").write_text(text)
    with pytest.raises(BenchError, match=r"mine\.json is no report of a reproduction"):
        read_proof(tmp_path / "mine.json")
