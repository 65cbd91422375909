import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save

from spikebench.files import atomic_path, save_safetensors


def test_a_file_appears_whole_with_its_folder(tmp_path):
    path = tmp_path / "new/folder/x.txt"
    with atomic_path(path) as temporary:
        assert temporary.parent == path.parent  # a rename must not cross file systems
        temporary.write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


def test_an_exception_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), atomic_path(path) as temporary:
        temporary.write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_exception_leaves_no_new_file(tmp_path):
    with pytest.raises(ValueError), atomic_path(tmp_path / "x.txt"):
        raise ValueError
    assert list(tmp_path.iterdir()) == []


def test_two_writers_do_not_share_a_temporary_file(tmp_path):
    with atomic_path(tmp_path / "x") as first, atomic_path(tmp_path / "x") as second:
        assert first != second
        first.write_text("1")
        second.write_text("2")
    assert (tmp_path / "x").read_text() == "1"  # the one that ends last


def test_others_may_read_the_file(tmp_path):
    with atomic_path(tmp_path / "x"):
        pass
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o644


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
