"""All cells of a pair in one process: each as by itself, and a failure is that of one cell."""

import pytest

from spikebench.results.columns.images import IMAGES
from spikebench.results.pairs import FAILED
from spikebench.results.shards import read_shard
from spikebench.stages import pair
from spikebench.stages.pair import evaluate_pair
from tests.embedded_run import cell_inputs, convert, evaluate, fetch_images, write_method

NOT_A_NUMBER = """
    def restore(self, ann, degraded, floor):
        return floor * float("nan")
"""


@pytest.fixture
def cells(tmp_path):
    """A row that can be evaluated, one that cannot, and another that can."""
    images = fetch_images(tmp_path / "datasets")
    broken = write_method(tmp_path, NOT_A_NUMBER, "Reference")
    methods = {"max_norm": "max_norm", "broken": broken, "input": "input"}
    return [
        (
            tmp_path / "left" / label,
            cell_inputs(
                images,
                convert(images, tmp_path / f"converted/{label}", method),
                method,
                method_label=label,
            ),
        )
        for label, method in methods.items()
    ]


def test_a_cell_that_fails_leaves_its_reason_and_the_others_their_tables(cells, tmp_path):
    evaluate_pair(cells, tmp_path / "done.txt")
    first, second, third = (tmp_path / "done.txt").read_text().splitlines()
    assert (first, third) == ("max_norm, seed 0: done", "input, seed 0: done")
    assert second.startswith("broken, seed 0: embedded, image camera: ")
    failed = {folder.name: (folder / FAILED).is_file() for folder, _ in cells}
    assert failed == {"max_norm": False, "broken": True, "input": False}
    assert not (tmp_path / "left/broken/images.parquet").exists()
    folder, inputs = cells[0]
    images, method = inputs["dataset_folder"].parent, inputs["method_file"]
    evaluate(images, inputs["converted"], tmp_path / "alone", method, method_label="max_norm")
    rows, alone = (
        read_shard(place / "images.parquet", IMAGES).drop_columns("seconds")
        for place in (folder, tmp_path / "alone")
    )
    assert rows.equals(alone)


def test_a_mistake_of_ours_in_one_row_is_that_row_s(cells, tmp_path, monkeypatch, capsys):
    def evaluated(**inputs) -> None:
        if inputs["method_label"] == "broken":
            raise IndexError("out of range")

    monkeypatch.setattr(pair, "evaluate_cell", evaluated)
    evaluate_pair(cells, tmp_path / "done.txt")
    assert "broken, seed 0: IndexError: out of range" in (tmp_path / "done.txt").read_text()
    assert "Traceback" in capsys.readouterr().err


def test_what_is_finished_is_not_restored_again(cells, tmp_path, monkeypatch):
    evaluate_pair(cells[:1], tmp_path / "done.txt")

    def restored(*_: object) -> None:
        raise AssertionError("restored again")

    monkeypatch.setattr("spikebench.stages.restore.Restorer.add", restored)
    evaluate_pair(cells[:1], tmp_path / "done.txt")
    assert (tmp_path / "done.txt").read_text() == "max_norm, seed 0: done\n"
