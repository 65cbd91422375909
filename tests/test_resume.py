"""A cell that is killed goes on where it was, and its tables are those of an unbroken run."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import torch

from spikebench.results.columns.images import VOLATILE
from spikebench.run.provenance import provenance
from spikebench.stages import evaluate as module
from spikebench.stages.restore import Restorer
from tests.embedded_run import (
    WEIGHTS,
    cell_inputs,
    convert,
    evaluate,
    fetch_images,
    write_method,
)

TABLES = ("images", "layers", "pictures")
ALL = 4  # images of the embedded set

OTHER = provenance(
    method_file=Path("methods/ann.py"), weights=WEIGHTS, dataset_sha256="0" * 64, settings={}
)

# Evaluates as `evaluate` does, and is killed before the image of this number.
KILLED = """
import os, signal, sys
from pathlib import Path
import torch
from spikebench.stages.restore import Restorer
from tests.embedded_run import evaluate

images, converted, output, before, sent, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
restore, count = Restorer.add, iter(range(10))

def add(*arguments):
    if next(count) == int(before):
        os.kill(os.getpid(), int(sent))
    restore(*arguments)

Restorer.add = add
evaluate(Path(images), Path(converted), Path(output), "max_norm", 4)
"""


@pytest.fixture(scope="module")
def images(tmp_path_factory) -> Path:
    return fetch_images(tmp_path_factory.mktemp("datasets"))


@pytest.fixture(scope="module")
def whole(images, tmp_path_factory) -> Path:
    """The tables of an unbroken run, and the conversion that they come from."""
    folder = tmp_path_factory.mktemp("whole")
    convert(images, folder / "converted", "max_norm")
    return evaluate(images, folder / "converted", folder, "max_norm", ALL)


@pytest.fixture
def simulated(monkeypatch) -> list[str]:
    """The names of the images that are simulated from now on."""
    found, restore = [], Restorer.add

    def add(restorer, batch, rows):
        found.extend(sample.name for sample in batch)
        restore(restorer, batch, rows)

    monkeypatch.setattr(Restorer, "add", add)
    return found


def stable(folder: Path) -> list[bytes]:
    """Return the bytes of the three tables without what differs from run to run."""
    tables = [pq.read_table(folder / f"{name}.parquet") for name in TABLES]
    kept = [t.drop_columns([n for n in VOLATILE if n in t.column_names]) for t in tables]
    return [str(t.schema).encode() + repr(t.to_pylist()).encode() for t in kept]


def killed(images: Path, whole: Path, output: Path, before: int, sent: signal.Signals) -> None:
    threads = torch.get_num_threads()  # which enter the rows
    arguments = [images, whole / "converted", output, before, int(sent), threads]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
    )
    assert done.returncode == -sent, done.stderr


@pytest.mark.parametrize(("before", "sent"), [(1, signal.SIGKILL), (3, signal.SIGTERM)])
def test_a_killed_cell_goes_on_with_the_image_it_was_at(
    images, whole, tmp_path, simulated, before, sent
):
    killed(images, whole, tmp_path, before, sent)
    assert [file.name for file in tmp_path.iterdir()] == ["journal.jsonl"]  # no half table
    evaluate(images, whole / "converted", tmp_path, "max_norm", ALL)
    names = pq.read_table(whole / "images.parquet")["image"].unique().to_pylist()
    assert simulated == names[before:]
    assert stable(tmp_path) == stable(whole)


def test_a_cell_killed_after_its_tables_simulates_nothing_again(images, whole, tmp_path, simulated):
    evaluate(images, whole / "converted", tmp_path, "max_norm", ALL)
    names = list(simulated)
    for table in TABLES:  # as Snakemake does where a job has failed
        (tmp_path / f"{table}.parquet").unlink()
    evaluate(images, whole / "converted", tmp_path, "max_norm", ALL)
    assert simulated == names
    assert stable(tmp_path) == stable(whole)


def test_a_cell_killed_between_its_tables_simulates_nothing_again(
    images, whole, tmp_path, simulated, monkeypatch
):
    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("spikebench.stages.rows.CellRows._layer_rows", interrupted)
        with pytest.raises(KeyboardInterrupt):
            evaluate(images, whole / "converted", tmp_path, "max_norm", ALL)
    simulated.clear()
    evaluate(images, whole / "converted", tmp_path, "max_norm", ALL)
    assert simulated == []
    assert stable(tmp_path) == stable(whole)


@pytest.mark.parametrize("changed", ["provenance", "kernels", "converted", "threads", "version"])
def test_what_decides_the_numbers_makes_a_journal_worthless(
    images, whole, tmp_path, simulated, monkeypatch, changed
):
    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module.CellRows, "write", stop)
        with pytest.raises(KeyboardInterrupt):
            evaluate(images, whole / "converted", tmp_path, "max_norm", ("camera",))
    simulated.clear()
    converted = whole / "converted"
    if changed == "converted":
        converted = convert(images, tmp_path / "converted", "max_norm", patches=1)
    if changed == "provenance":
        monkeypatch.setattr("spikebench.stages.evaluate.provenance", lambda **_: OTHER)
    if changed == "kernels":
        monkeypatch.setattr(module.kernels, "available", lambda: "other")
    if changed == "version":
        monkeypatch.setattr(module.scipy, "__version__", "other")
    if changed == "threads":
        monkeypatch.setattr(module.torch, "get_num_threads", lambda: 64)
    evaluate(images, converted, tmp_path, "max_norm", ("camera",))
    assert simulated == ["camera"]


def parts(images: Path, converted: Path, folder: Path, method: str | Path) -> list[Path]:
    """Restore two parts of the set's images and return what they leave."""
    inputs = cell_inputs(images, converted, method, ALL)
    found = [folder / "part0-3.jsonl", folder / "part3-4.jsonl"]
    for file, places in zip(found, (range(3), range(3, 4)), strict=True):
        module.evaluate_part(images_at=places, output=file, **inputs)
    return found


def test_a_cell_made_of_parts_simulates_what_no_part_holds(images, whole, tmp_path, simulated):
    first, _ = found = parts(images, whole / "converted", tmp_path / "parts", "max_norm")
    names = list(simulated)
    assert names == pq.read_table(whole / "images.parquet")["image"].unique().to_pylist()
    evaluate(images, whole / "converted", tmp_path / "a", "max_norm", ALL, parts=found)
    assert simulated == names
    assert stable(tmp_path / "a") == stable(whole)
    content = first.read_bytes().split(b"\n")
    content[1] = content[1].replace(b"psnr", b"spnr", 1)
    first.write_bytes(b"\n".join(content))
    evaluate(images, whole / "converted", tmp_path / "b", "max_norm", ALL, parts=found)
    assert simulated == [*names, names[1]]
    assert stable(tmp_path / "b") == stable(whole)


def test_a_refused_cell_has_empty_parts_and_empty_tables(images, tmp_path):
    body = "    def convert(self, *_):\n        raise Refusal('No.')"
    method = write_method(tmp_path, body)
    method.write_text(f"from spikebench.errors import Refusal\n{method.read_text()}")
    converted = convert(images, tmp_path / "converted", method)
    found = parts(images, converted, tmp_path / "parts", method)
    assert [file.read_bytes() for file in found] == [b"", b""]
    evaluate(images, converted, tmp_path, method, ALL, parts=found)
    assert pq.read_table(tmp_path / "images.parquet").num_rows == 0
