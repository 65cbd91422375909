"""Reading a run."""

import pandas as pd
import pytest

from spikebench.errors import BenchError
from spikebench.report.results import Results


def test_a_run_is_read_with_its_id_and_models(results):
    assert len(results.table_id) == 12
    assert results.models == ["45nm_fp32_cached", "45nm_fp32_streaming"]
    assert results.run["timesteps"] == [1, 2, 4, 8]


def test_a_missing_table_is_named(copied):
    (copied / "pictures.parquet").unlink()
    with pytest.raises(BenchError, match=r"pictures\.parquet.*snakemake"):
        Results.read(copied)


def test_an_empty_leaderboard_is_refused(copied):
    file = copied / "leaderboard.parquet"
    pd.read_parquet(file).iloc[:0].to_parquet(file)
    with pytest.raises(BenchError, match="no rows"):
        Results.read(copied)
