import subprocess
import sys

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save

from spikebench.io.tensors import save_safetensors


def test_tensors_and_metadata_survive(tmp_path):
    tensors = {"b": torch.rand(3, 4).T, "a": torch.tensor([True, False, True])}
    metadata = {"z": "\N{GREEK SMALL LETTER THETA}", "a": '{"quoted": 1}'}
    save_safetensors(tensors, tmp_path / "x.safetensors", metadata)
    found = load_file(tmp_path / "x.safetensors")
    assert found.keys() == tensors.keys()
    assert all(torch.equal(found[name], tensors[name]) for name in tensors)
    with safe_open(tmp_path / "x.safetensors", framework="pt") as file:
        assert file.metadata() == metadata


def test_the_same_content_gives_the_same_bytes(tmp_path):
    metadata = {str(key): "value" for key in range(8)}  # a random order has 8! others
    for name in ("x", "y"):
        save_safetensors({"b": torch.arange(5), "a": torch.ones(3)}, tmp_path / name, metadata)
    assert (tmp_path / "x").read_bytes() == (tmp_path / "y").read_bytes()


def test_without_metadata_the_bytes_are_those_of_the_library(tmp_path):
    tensors = {"b": torch.arange(5), "a": torch.ones(3)}  # as the pinned weights were written
    save_safetensors(tensors, tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == save(tensors)


def test_the_stages_behind_the_simulation_start_without_torch():
    stages = ("energy", "analysis.leaderboard", "analysis.compare", "report")
    imports = ", ".join(f"spikebench.{stage}" for stage in stages)
    code = f"import sys, {imports}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
