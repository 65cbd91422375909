"""What follows from the counts is made from them alone; what cannot be shown is refused."""

import shutil
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spikebench.errors import BenchError
from spikebench.results.columns.verification import TRUST
from spikebench.results.shards import write_shard
from spikebench.run import paths
from spikebench.stages.render import NEEDED, rank, render
from tests.report.made_up import trust_row, write_run

DERIVED = ("energy", "leaderboard", "prices", "comparisons", "curves", "standings")
PUBLISHED = Path(__file__).parents[2] / "results/published"


@pytest.fixture
def folder(tmp_path) -> Path:
    for name in NEEDED:
        shutil.copy(PUBLISHED / f"{name}.parquet", tmp_path)
    return tmp_path


def configured(folder: Path) -> Path:
    """Give the made-up run the configuration that ranking asks for."""
    config = "timesteps: [1, 2, 4, 8]\nmethods: {input: {}, ann: {}, steady: {}, greedy: {}, "
    table = pq.read_table(folder / "run.parquet")
    (run,) = table.to_pylist()
    rows = [run | {"config": config + "greedy_plain: {}}\n"}]
    pq.write_table(pa.Table.from_pylist(rows, table.schema), folder / "run.parquet")
    return folder


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


def test_the_tables_are_made_again_as_the_workflow_made_them(tmp_path):
    folder = write_run(tmp_path / "made_up")
    made = {name: pd.read_parquet(folder / f"{name}.parquet") for name in DERIVED}
    for name in DERIVED:
        (folder / f"{name}.parquet").unlink()
    rank(configured(folder))
    for name, expected in made.items():
        pd.testing.assert_frame_equal(pd.read_parquet(folder / f"{name}.parquet"), expected)


def test_a_trust_table_beside_the_others_is_shown(tmp_path):
    folder = configured(write_run(tmp_path / "made_up"))
    write_shard(folder / paths.TRUST.name, [trust_row("denoiser")], TRUST)
    page = render(folder, tmp_path / "site")
    table = pd.read_csv(page.parent / "tables/backbones.csv")
    assert 30.02 in table.to_numpy()
