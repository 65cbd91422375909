"""The workflow where a GPU may compute: one job a data set and backbone, and the same tables."""

import pandas as pd
import pyarrow.parquet as pq
import pytest

from spikebench.results.identity import table_id
from tests.workflow.checkout import configure, copy_checkout, snakemake

CONFIG = {
    "run": "small",
    "timesteps": [1, 2],
    "calibration": {
        "patches": 2,
        "size": 24,
        "datasets": {"super_resolution": "embedded_train"},
    },
    "benchmarks": [{"datasets": ["embedded"], "backbones": ["espcn_tiny_x2"], "images": 2}],
    "methods": {"input": {}, "max_norm": {}},
}
IMAGES = "results/small/images.parquet"
BROKEN = '''"""Restores nothing."""

from spikebench.snn import Reference


class Broken(Reference):
    title, citation = "Broken", "none"

    def restore(self, ann, degraded, floor):
        return floor * float("nan")
'''


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    return copy_checkout(tmp_path_factory.mktemp("pairs") / "checkout")


def test_all_rows_are_evaluated_in_one_process_and_a_row_that_fails_fails_alone(checkout):
    """Without a GPU `auto` is the CPU: the tables are those of jobs for each cell."""
    configure(checkout, CONFIG)
    done = snakemake(checkout, IMAGES)
    assert done.returncode == 0, done.stderr
    expected = table_id(pq.read_table(checkout / IMAGES))

    (checkout / "methods/broken.py").write_text(BROKEN)
    configure(checkout, CONFIG | {"device": "auto", "methods": {**CONFIG["methods"], "broken": {}}})
    done = snakemake(checkout, "all")
    assert done.returncode != 0
    assert done.stderr.count("rule evaluate_pair:") == 1
    assert done.stderr.count("localrule take_cell:") == 3
    log = (checkout / "logs/small/evaluate/embedded/espcn_tiny_x2/broken/seed0.log").read_text()
    assert "embedded, image" in log and "Traceback" not in log
    page = (checkout / "reports/small/index.html").read_text(encoding="utf-8")
    assert "1 cell failed" in page
    assert set(pd.read_parquet(checkout / IMAGES)["method"]) == {"input", "max_norm"}

    configure(checkout, CONFIG | {"device": "auto"})
    done = snakemake(checkout, IMAGES)
    assert done.returncode == 0, done.stderr
    assert table_id(pq.read_table(checkout / IMAGES)) == expected
    assert not (checkout / "results/small/pairs").exists()
    assert "Nothing to be done" in snakemake(checkout, IMAGES).stderr


def test_on_a_cluster_each_job_that_may_use_a_gpu_asks_for_one(checkout):
    configure(checkout, CONFIG | {"run": "other"})
    profile = ("--profile", "profiles/slurm_gpu", "--executor", "local")  # without its plugin
    done = snakemake(checkout, "--dry-run", "results/other/images.parquet", *profile)
    assert done.returncode == 0, done.stderr
    rules = done.stdout.split("\nrule ")[1:]
    asking = {text.partition(":")[0] for text in rules if "gpu=0, gres=gpu:1" in text}
    assert asking == {"convert", "evaluate_pair"}
