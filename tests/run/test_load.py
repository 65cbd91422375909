"""A configuration of an earlier version is read as it was."""

import pyarrow.parquet as pq
import pytest
import yaml

from spikebench.errors import BenchError
from spikebench.run.load import load_config
from spikebench.run.sources import LIBRARY
from tests.miniature import run_config, write_catalogue

CHECKOUT = LIBRARY.parent
SHIPPED = sorted(CHECKOUT.glob("config/*.yaml"))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_every_configuration_of_the_repository_is_read(file):
    assert load_config(file, root=CHECKOUT).run


def test_the_configuration_of_the_published_run_is_read_as_it_was_written():
    (run,) = pq.read_table(CHECKOUT / "results/published/run.parquet").to_pylist()
    written = yaml.safe_load(run["config"])
    read = load_config(written, root=CHECKOUT).model_dump(mode="json")
    assert {key: read[key] for key in written} == written


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BenchError, match=r"my\.yaml: cannot be read"):
        load_config(tmp_path / "my.yaml")


def test_values_are_checked_before_names(tmp_path):
    """A name can only be looked up in a configuration that has the form of one."""
    wrong = run_config(timesteps=[2, 1], reference_row="nobody")
    with pytest.raises(BenchError) as caught:
        load_config(wrong, place="my.yaml", root=write_catalogue(tmp_path))
    assert str(caught.value).count("\n") == 0
    assert str(caught.value).startswith("my.yaml: `timesteps` must rise")
