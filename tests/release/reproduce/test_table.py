"""A published run is read, or refused in a sentence."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spikebench.errors import BenchError
from spikebench.release.reproduce.draw import TableCell
from spikebench.release.reproduce.table import Published
from spikebench.results.columns.description import RUN
from spikebench.results.columns.evaluators import EVALUATORS
from spikebench.results.columns.images import IMAGES
from spikebench.results.identity import table_id
from spikebench.results.shards import write_shard
from tests.release.reproduce.tables import CELL, images, layers, run


@pytest.fixture
def folder(tmp_path):
    """The tables of a run of two cells, of which the second is one of two images."""
    other = {"method": "b", "dataset": "set[2]"}
    rows = images(
        {"seconds": 2.0},
        {"seconds": 5.0, "timesteps": 8},
        {**other, "seconds": 1.0},
        {**other, "seconds": 0.5, "image": "02"},
    )
    pq.write_table(rows, tmp_path / "images.parquet")
    pq.write_table(layers({}, {"method": "b"}), tmp_path / "layers.parquet")
    pq.write_table(pa.Table.from_pylist([run()], RUN.schema), tmp_path / "run.parquet")
    return tmp_path


def test_cells_have_the_time_of_their_images_up_to_the_largest_number_of_steps(folder):
    found = Published.read(folder)
    assert found.seconds() == {CELL: 5.0, TableCell("set[2]", "net", "b", 0): 1.5}
    assert found.id == table_id(found.images)
    assert found.name == "mini"


def test_the_rows_of_a_cell_are_its_own(folder):
    first, second = Published.read(folder).rows(CELL)
    assert first["timesteps"].to_pylist() == [4, 8]
    assert second["method"].to_pylist() == ["a"]


def test_whether_lpips_was_measured_is_a_note_of_the_run(folder):
    assert Published.read(folder).has_lpips
    notes = run("LPIPS is not measured: no network.", "Simulated with the compiled kernels.")
    pq.write_table(pa.Table.from_pylist([notes], RUN.schema), folder / "run.parquet")
    assert not Published.read(folder).has_lpips


def test_a_missing_and_a_damaged_table_are_named(folder):
    (folder / "layers.parquet").write_bytes(b"PAR1")
    with pytest.raises(BenchError, match=r"layers.parquet is damaged"):
        Published.read(folder)
    (folder / "layers.parquet").unlink()
    with pytest.raises(BenchError, match=r"There is no .*layers.parquet"):
        Published.read(folder)


def test_an_old_table_says_which_column_it_lacks(folder):
    old = pq.read_table(folder / "images.parquet").drop_columns(["output_entropy"])
    pq.write_table(old, folder / "images.parquet")
    with pytest.raises(BenchError, match=r"has no column output_entropy: an older version"):
        Published.read(folder)


def test_rows_of_two_evaluators_are_refused(folder):
    mixed = images({}, {"image": "02", "evaluator_hash": "other"})
    pq.write_table(mixed, folder / "images.parquet")
    with pytest.raises(BenchError, match="rows of 2 evaluators"):
        Published.read(folder)


def test_a_table_of_two_evaluators_is_read_where_they_were_shown_to_be_equal(folder):
    rows = pq.read_table(folder / "images.parquet").to_pylist()
    for row in rows:
        row["evaluator_hash"] = row["method"]
    pq.write_table(pa.Table.from_pylist(rows, IMAGES.schema), folder / "images.parquet")
    with pytest.raises(BenchError, match="rows of 2 evaluators"):
        Published.read(folder)
    shown = {"one": "a", "other": "b", "table": "0" * 12, "cells": 30, "date": "2026-01-02"}
    write_shard(folder / "evaluators.parquet", [shown], EVALUATORS)
    found = Published.read(folder)
    assert found.evaluators == ["a", "b"]
    assert found.measured_by(CELL, "a")
    assert not found.measured_by(CELL, "b")
