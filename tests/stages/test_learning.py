"""Learning curves out of the CSV beside each state."""

import csv
import shutil
from pathlib import Path

import pytest

from spikebench.errors import BenchError
from spikebench.io.checksums import file_sha256
from spikebench.results.columns.training import TRAINING
from spikebench.results.shards import read_shard, write_shard
from spikebench.snn.model.tuned import TunedState
from spikebench.stages.learning import learning_rows

STATES = Path("finetuning/states")
HALF = STATES / "espcn_tiny_x2/spikingir_half.safetensors"
BALANCED = STATES / "dncnn_tiny_s25/graded_balanced.safetensors"


def beside(state: Path) -> Path:
    return state.with_suffix(".csv")


@pytest.mark.parametrize("state", [HALF, BALANCED])
def test_rows_are_the_lines_of_the_curve(state, tmp_path):
    rows = learning_rows([state], [beside(state)])
    with beside(state).open() as stream:
        lines = list(csv.DictReader(stream))
    assert [row["step"] for row in rows] == [int(line["step"]) for line in lines]
    for row, line in zip(rows, lines, strict=True):
        assert (row["backbone"], row["recipe"]) == (state.parent.name, state.stem)
        assert row["energy"] == float(line["energy"])
        gap = float(line["held_out_psnr"]) - float(line["held_out_psnr_ann"])
        assert row["gap_db"] == pytest.approx(gap, abs=1e-12)
        assert (row["energy_target"] is None) == ("energy_target" not in line)
    assert rows[0]["loss"] is None and rows[1]["loss"] == float(lines[1]["loss"])
    write_shard(tmp_path / "training.parquet", rows, TRAINING)
    assert read_shard(tmp_path / "training.parquet", TRAINING).num_rows == len(lines)


@pytest.mark.parametrize("state", sorted(STATES.rglob("*.safetensors")), ids=str)
def test_one_step_of_every_committed_curve_is_that_of_its_state(state):
    rows = learning_rows([state], [beside(state)])
    (kept,) = (row for row in rows if row["kept"])
    about = TunedState.read(state).about
    assert kept["step"] == about["reached"]["step"]
    assert kept["energy"] == pytest.approx(about["reached"]["energy"], rel=1e-5)
    assert kept["state_sha256"] == file_sha256(state)


def test_several_states_come_in_the_order_of_backbone_and_recipe():
    rows = learning_rows([HALF, BALANCED, HALF], [beside(BALANCED), beside(HALF)])
    order = [(row["backbone"], row["recipe"], row["step"]) for row in rows]
    assert order == sorted(set(order))


def test_a_state_without_its_curve_says_what_it_reached():
    (row,) = learning_rows([HALF], [])
    reached = TunedState.read(HALF).about["reached"]
    assert row["kept"] and row["step"] == 12_000 and row["images"] == 48_000
    assert row["energy"] == reached["energy"] and row["held_out_loss"] is None


def test_the_curve_of_another_training_is_refused(tmp_path):
    curve = tmp_path / "espcn_tiny_x2/spikingir_half.csv"
    curve.parent.mkdir()
    shutil.copy(STATES / "espcn_tiny_x2/spikingir_half_cpm.csv", curve)
    with pytest.raises(BenchError, match=r"half.csv is not the curve of .*half.safetensors.*12000"):
        learning_rows([HALF], [curve])
    curve.write_text(beside(HALF).read_text().rsplit("\n", 2)[0] + "\n")  # cut short
    with pytest.raises(BenchError, match="is not the curve"):
        learning_rows([HALF], [curve])
