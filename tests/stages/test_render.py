"""Rendering says in one sentence why a folder of results cannot be shown."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from spikebench.errors import BenchError
from spikebench.stages.render import NEEDED, render

PUBLISHED = Path(__file__).parents[2] / "results/published"


@pytest.fixture
def folder(tmp_path) -> Path:
    for name in NEEDED:
        shutil.copy(PUBLISHED / f"{name}.parquet", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", NEEDED)
def test_a_table_of_another_version_is_refused_before_anything_is_written(folder, name):
    file = folder / f"{name}.parquet"
    older = pq.read_table(file)
    pq.write_table(older.drop_columns([older.column_names[-1]]), file)
    with pytest.raises(BenchError) as caught:
        render(folder, folder / "site")
    assert str(caught.value).startswith(f"{file} was written by another version of spikebench")
    assert "\n" not in str(caught.value)
    assert not (folder / "energy.parquet").exists() and not (folder / "site").exists()


def test_an_unfinished_run_is_named_with_what_it_lacks(folder):
    (folder / "methods.parquet").unlink()
    with pytest.raises(BenchError, match=r"lacks methods\.parquet"):
        render(folder, folder / "site")
