import pytest
import torch

from spikebench.errors import BenchError
from spikebench.training.checkpoint import load_checkpoint, save_checkpoint


def test_a_state_comes_back(tmp_path):
    save_checkpoint({"losses": [0.5], "weight": torch.ones(2)}, "recipe", tmp_path / "run")
    state = load_checkpoint("recipe", tmp_path / "run")
    assert state["losses"] == [0.5]
    assert torch.equal(state["weight"], torch.ones(2))


def test_another_run_does_not_go_on_from_it(tmp_path):
    save_checkpoint({}, "one recipe", tmp_path / "run")
    with pytest.raises(BenchError, match=r"belongs to another .* Delete it"):
        load_checkpoint("another recipe", tmp_path / "run")


def test_a_damaged_file_is_named(tmp_path):
    save_checkpoint({"weight": torch.ones(99)}, "recipe", tmp_path / "run")
    content = (tmp_path / "run").read_bytes()
    (tmp_path / "run").write_bytes(content[: len(content) // 2])
    with pytest.raises(BenchError, match=r"run cannot be read .* Delete it"):
        load_checkpoint("recipe", tmp_path / "run")
