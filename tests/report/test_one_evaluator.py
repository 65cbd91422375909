"""Rows of different evaluators are not shown together."""

import pandas as pd
import pytest

from spikebench.errors import BenchError
from spikebench.report.one_evaluator import check_one_evaluator
from spikebench.report.results import Results
from spikebench.run.provenance import evaluator_hash
from tests.rows import image_frame, image_row


def images(**methods: str) -> pd.DataFrame:
    """Return a row for each method, measured by the evaluator named."""
    return image_frame(
        *(
            image_row(method=method, evaluator_hash=evaluator, dataset="set[2]")
            for method, evaluator in methods.items()
        )
    )


def test_one_evaluator_passes_whichever_it_is():
    check_one_evaluator(images(a="old", b="old"), "mine")


def test_cells_of_another_evaluator_are_named_with_the_command():
    with pytest.raises(BenchError) as found:
        check_one_evaluator(images(a="x", b="x", c=evaluator_hash()), "mine")
    lines = str(found.value).splitlines()
    assert lines[0].startswith("results/mine/images.parquet mixes rows of 2 evaluators")
    assert lines[1:3] == [f"set[2] net {method} seed 0: evaluator x" for method in ("a", "b")]
    shards = [f"results/mine/cells/set/net/{m}/seed0/images.parquet" for m in ("a", "b")]
    assert lines[3].endswith(f"--configfile mine.yaml --forcerun {' '.join(shards)}")


def test_without_the_installed_one_the_most_frequent_stays():
    with pytest.raises(BenchError, match=r"set.2. net c seed 0: evaluator y\n"):
        check_one_evaluator(images(a="x", b="x", c="y"), "mine")


def test_many_cells_are_counted():
    with pytest.raises(BenchError, match="and 12 more cells"):
        check_one_evaluator(images(**{f"m{i}": "x" for i in range(20)}, a=evaluator_hash()), "r")


def test_a_run_with_two_evaluators_is_not_read(copied):
    file = copied / "images.parquet"
    table = pd.read_parquet(file)
    table.loc[table["method"] == "steady", "evaluator_hash"] = "other"
    table.to_parquet(file)
    with pytest.raises(BenchError, match="photos denoiser steady seed 0: evaluator other"):
        Results.read(copied)
