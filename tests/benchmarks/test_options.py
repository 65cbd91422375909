"""The search of options: what it tries is allowed, and the best is the best of the mean."""

import json
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.options import COLUMNS, GRIDS, MOST, best, settings
from spikebench.errors import BenchError
from spikebench.io.yaml import read_yaml
from spikebench.snn import load_method


@pytest.mark.parametrize(("method", "grid"), read_yaml(GRIDS).items())
def test_every_setting_is_one_of_the_method_and_the_budget_is_one_for_all(method, grid):
    found = list(settings(grid))
    assert 1 < len(found) <= MOST
    for options in found:
        load_method(Path(f"methods/{method}.py"), options)


def test_the_first_setting_is_the_default_but_for_channels():
    for method, grid in read_yaml(GRIDS).items():
        default = load_method(Path(f"methods/{method}.py"))
        first = next(settings(grid))
        differs = {name for name, value in first.items() if getattr(default, name) != value}
        assert differs <= ({"per_channel"} if method == "snn_calibration" else set()), method


def test_more_settings_than_allowed_are_refused():
    with pytest.raises(BenchError, match="10 settings of percentile where 9 are allowed"):
        list(settings({"percentile": list(range(10))}))


def test_the_best_setting_has_the_best_mean_over_networks_and_steps(tmp_path):
    lines = [
        ("small", "max_norm", {"a": 1}, True, -2.0, -1.0),
        ("small", "max_norm", {"a": 2}, False, -0.5, -0.5),
        ("large", "max_norm", {"a": 1}, True, -1.0, 0.0),
        ("large", "max_norm", {"a": 2}, False, -3.0, -3.0),
        ("small", "max_norm", {"a": 3}, False, 0.0, 0.0),  # not tried on the other network
    ]
    file = tmp_path / "options.csv"
    rows = [[*line[:2], json.dumps(line[2]), *line[3:]] for line in lines]
    pd.DataFrame(rows, columns=COLUMNS).to_csv(file, index=False)
    found = best(file).loc["max_norm"]
    assert json.loads(found["options"]) == {"a": 1}
    assert found["gap"] == found["of_the_first"] == pytest.approx(-1.0)
