"""A configuration of an earlier version is read as it was."""

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from spikebench.errors import BenchError
from spikebench.run.cell import whole_set
from spikebench.run.jobs import cells, evaluation_settings
from spikebench.run.load import load_config, load_merged
from spikebench.run.sources import LIBRARY
from tests.miniature import run_config, write_catalogue

CHECKOUT = LIBRARY.parent
PUBLISHED = CHECKOUT / "results/published/images.parquet"
SHIPPED = sorted(CHECKOUT.glob("config/*.yaml"))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_every_configuration_of_the_repository_is_read(file):
    assert load_config(file, root=CHECKOUT).run


def test_the_configuration_of_the_published_run_is_read_as_it_was_written():
    (run,) = pq.read_table(CHECKOUT / "results/published/run.parquet").to_pylist()
    written = yaml.safe_load(run["config"])
    read = load_config(written, root=CHECKOUT).model_dump(mode="json")
    assert {key: read[key] for key in written} == written


def test_rows_of_before_graded_reuse_had_a_name_are_told_what_they_are_called_now():
    written = yaml.safe_load((CHECKOUT / "config/quick.yaml").read_text())
    written["methods"]["spikingir"] = {"places": 5}
    with pytest.raises(BenchError, match="'places' is now `places` of `graded_reuse`"):
        load_config(written, root=CHECKOUT)


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


def test_a_key_that_snakemake_lost_is_found_in_the_file(tmp_path):
    """Snakemake hands over the last of two rows of one label, as PyYAML read it."""
    root, file = write_catalogue(tmp_path), tmp_path / "my.yaml"
    text = yaml.safe_dump(run_config(), sort_keys=False)
    file.write_text(text.replace("  ann: {}\n", "  ann: {}\n  ann: {method: max_norm}\n"))
    merged = yaml.safe_load(file.read_text())
    assert load_config(merged, root=root).methods["ann"].method == "max_norm"
    with pytest.raises(BenchError, match=r"my\.yaml: line \d+: `methods\.ann` stands in line \d+"):
        load_merged(merged, [file], root=root)


def test_files_may_override_each_other_and_all_are_named(tmp_path):
    root, files = write_catalogue(tmp_path), [tmp_path / "one.yaml", tmp_path / "two.yaml"]
    for file, content in zip(files, [run_config(), {"seed": 3}], strict=True):
        file.write_text(yaml.safe_dump(content))
    assert load_merged(run_config(seed=3), files, root=root).seed == 3
    with pytest.raises(BenchError, match=r"one\.yaml, .*two\.yaml: `seed` is -1"):
        load_merged(run_config(seed=-1), files, root=root)


def test_lists_and_mappings_of_the_command_line_are_read_with_their_types(tmp_path):
    """Snakemake hands over texts in them: it reads them by a loader that knows no numbers."""
    root, file = write_catalogue(tmp_path), tmp_path / "my.yaml"
    file.write_text(yaml.safe_dump(run_config()))
    arguments = ["timesteps=[1, 2]", "calibration={'patches': 5}", "run=other", "seed=3", "x=[: {"]
    handed = {"timesteps": ["1", "2"], "run": "other", "seed": 3}
    calibration = run_config()["calibration"] | {"patches": "5"}
    config = load_merged(
        run_config(**handed, calibration=calibration), [file], arguments, root=root
    )
    assert config.timesteps == [1, 2]
    assert (config.calibration.patches, config.calibration.size) == (5, 16)
    assert (config.run, config.seed) == ("other", 3)


def test_the_published_configuration_makes_the_published_table_and_no_other():
    config = load_config(CHECKOUT / "config/published.yaml", root=CHECKOUT)
    keys = ["dataset", "backbone", "method", "timesteps"]
    measured = pd.read_parquet(PUBLISHED, columns=keys).drop_duplicates()
    found: dict[tuple[str, str, str], set[int]] = {}
    for dataset, backbone, method, time in measured.itertuples(index=False, name=None):
        found.setdefault((whole_set(dataset), backbone, method), set()).add(time)
    wanted = {
        (cell.dataset, cell.backbone, cell.method): evaluation_settings(config, cell, CHECKOUT)[
            "timesteps"
        ]
        for cell in cells(config)
    }
    assert found.keys() == wanted.keys()
    assert all(times == {0} or times == set(wanted[cell]) for cell, times in found.items())
