"""The jobs that a configuration stands for."""

import json

import pytest

from spikebench.cells import Cell, cells, conversion_settings, evaluation_settings
from spikebench.config import load_config
from tests.miniature import run_config, write_catalogue

BENCHMARKS = [
    {"datasets": ["noisy"], "backbones": ["denoiser"], "images": 3},
    {"datasets": ["small", "training"], "backbones": ["upscaler"]},
]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return write_catalogue(tmp_path_factory.mktemp("checkout"))


def test_a_cell_for_each_pair_method_and_seed(root):
    config = load_config(run_config(benchmarks=BENCHMARKS, seed=5, repetitions=2), root=root)
    found = cells(config)
    assert len(found) == len(set(found)) == 3 * 3 * 2
    assert {cell.seed for cell in found} == {5, 6}
    assert Cell("training", "upscaler", "strict", 6) in found
    assert Cell("noisy", "upscaler", "strict", 6) not in found


def test_settings_follow_the_benchmark_and_the_row(root):
    config = load_config(run_config(benchmarks=BENCHMARKS), root=root)
    conversion = conversion_settings(config, "upscaler", "strict", 0, root)
    assert conversion["calibration"] == "training"
    assert conversion["method_options"] == {"hard_reset": True}
    limited = evaluation_settings(config, Cell("noisy", "denoiser", "ann", 0))
    whole = evaluation_settings(config, Cell("small", "upscaler", "ann", 0))
    assert (limited["images"], whole["images"]) == (3, None)


def test_settings_survive_json(root):
    config = load_config(run_config(readout={"delayed": 2}), root=root)
    settings = conversion_settings(config, "denoiser", "strict", 0, root)
    assert json.loads(json.dumps(settings)) == settings
