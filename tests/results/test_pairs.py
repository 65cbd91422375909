"""A cell is taken from what the job of its data set and backbone left, or fails for its reason."""

import pytest

from spikebench.errors import BenchError
from spikebench.results.pairs import FAILED, take_cell
from spikebench.run.paths import SHARDS


@pytest.fixture
def left(tmp_path):
    for name in SHARDS:
        (tmp_path / f"{name}.parquet").write_text(f"the {name}")
    return tmp_path


def test_its_tables_are_copied(left):
    outputs = {name: left / "cell" / f"{name}.parquet" for name in SHARDS}
    take_cell(left, outputs)
    assert {name: file.read_text() for name, file in outputs.items()} == {
        name: f"the {name}" for name in SHARDS
    }
    assert (left / "images.parquet").is_file()


def test_a_cell_that_failed_says_why_and_writes_nothing(left):
    (left / FAILED).write_text("image 1: the output is not finite.")
    with pytest.raises(BenchError, match="image 1: the output is not finite"):
        take_cell(left, {name: left / "cell" / name for name in SHARDS})
    assert not (left / "cell").exists()
