"""The configuration of the rows that are computed again decides what that of the run decided."""

from pathlib import Path

import pytest

from spikebench.errors import BenchError
from spikebench.metrics import trunks
from spikebench.release.reproduce import settings as module
from spikebench.release.reproduce.settings import WITHOUT_LPIPS, checked, settings
from spikebench.run.cell import Cell
from spikebench.run.jobs import conversion_settings, evaluation_settings
from spikebench.run.load import load_config
from tests.miniature import run_config, write_catalogue
from tests.release.reproduce.tables import published

BENCHMARKS = [
    {"datasets": ["noisy"], "backbones": ["denoiser"], "up_to": 2},
    {"datasets": ["small"], "backbones": ["upscaler"], "methods": ["ann", "strict"]},
    {"datasets": ["smaller"], "backbones": ["upscaler"], "methods": ["max_norm"]},
]


@pytest.fixture(autouse=True)
def trunk(monkeypatch):
    """Every network for LPIPS is there, whatever this machine has."""
    monkeypatch.setattr(module, "reason_without", lambda trunk: "")


def test_a_cell_has_the_settings_that_it_had(tmp_path):
    root = write_catalogue(tmp_path)
    whole = load_config(run_config(benchmarks=BENCHMARKS), root=root)
    table = published(benchmarks=BENCHMARKS, reference_row="max_norm")
    few = checked(settings(table, {"strict"}), table, root)
    assert list(few.methods) == ["strict"]
    assert [b.datasets for b in few.benchmarks] == [["noisy"], ["small"]]
    for cell in (Cell("noisy", "denoiser", "strict", 0), Cell("small", "upscaler", "strict", 0)):
        assert evaluation_settings(few, cell, root) == evaluation_settings(whole, cell, root)
        made = conversion_settings(few, cell.backbone, "strict", 0, root)
        assert made == conversion_settings(whole, cell.backbone, "strict", 0, root)


def test_own_folders_are_found_from_the_folder_of_the_command():
    table = published(method_paths=["methods", "mine"], provided={"noisy": "photos"})
    found = settings(table, {"ann"})
    assert found["method_paths"] == ["methods", str(Path.cwd() / "mine")]
    assert found["provided"] == {"noisy": str(Path.cwd() / "photos")}


def test_a_run_without_lpips_stays_without():
    found = settings(published("LPIPS is not measured: why."), {"ann"})
    assert found["lpips"] == WITHOUT_LPIPS
    assert trunks.TRUNKS[WITHOUT_LPIPS].packaged is None


def test_lpips_that_cannot_be_measured_here_is_said(monkeypatch):
    monkeypatch.setattr(module, "reason_without", lambda trunk: f"no {trunk}. Fetch it.")
    with pytest.raises(BenchError, match="has LPIPS among its columns, and here: no alex"):
        settings(published(), {"ann"})


def test_a_row_that_is_not_here_any_more_leads_to_the_commit(tmp_path):
    table = published(methods={"gone": {}, "ann": {}})
    root = write_catalogue(tmp_path)
    checked(settings(table, {"ann"}), table, root)
    with pytest.raises(BenchError, match=r"(?s)'gone'.*measured at commit x. Check that out"):
        checked(settings(table, {"gone"}), table, root)
