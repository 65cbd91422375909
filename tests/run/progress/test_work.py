"""What a cell has to compute, before anything is measured."""

import pytest

from spikebench.run.cell import Cell
from spikebench.run.jobs import cells
from spikebench.run.load import load_config
from spikebench.run.progress.work import BYTES, urgency, work
from tests.miniature import run_config, write_catalogue

BENCHMARKS = [
    {"datasets": ["noisy"], "backbones": ["denoiser"]},
    {"datasets": ["small"], "backbones": ["upscaler"], "up_to": 2},
]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = write_catalogue(tmp_path_factory.mktemp("checkout"))
    manifest = root / "backbones/denoiser.yaml"
    manifest.write_text(manifest.read_text().replace("weights:", "weights:\n  bytes: 3000000", 1))
    return root


def test_work_is_pixels_by_weights_by_steps(root):
    config = load_config(run_config(benchmarks=BENCHMARKS), root=root)
    assert work(config, Cell("noisy", "denoiser", "max_norm", 0), root) == 16 * 16 * 3 * 4
    assert work(config, Cell("small", "upscaler", "max_norm", 0), root) == 16 * 16 * BYTES / 1e6 * 2


def test_the_pair_of_the_least_work_is_the_most_urgent(root):
    config = load_config(run_config(benchmarks=BENCHMARKS), root=root)
    assert urgency(config, cells(config), root) == {
        ("noisy", "denoiser"): 1,
        ("small", "upscaler"): 2,
    }
