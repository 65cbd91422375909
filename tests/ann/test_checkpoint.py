"""Files as people save them: every tensor under its keys, and no code of the file runs."""

import argparse
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from spikebench.ann.checkpoint import read_checkpoint
from spikebench.errors import BenchError
from spikebench.io.tensors import save_safetensors

STATE = {"conv.weight": torch.rand(2, 1, 3, 3), "conv.bias": torch.rand(2)}
INSIDE = {
    "epoch": 3,
    "best_psnr": np.float64(37.0),
    "curve": np.arange(3.0),
    "loss": [(0, 1.5), (1, 1.0)],
    "params": STATE,
    "optimizer": {"state": {0: {"exp_avg": torch.ones(2)}}, "param_groups": [{"lr": 1e-4}]},
}


@pytest.mark.parametrize("zipped", [True, False])
def test_tensors_are_found_under_the_keys_that_lead_to_them(tmp_path, zipped):
    torch.save(INSIDE, tmp_path / "a.pth", _use_new_zipfile_serialization=zipped)
    found = read_checkpoint(tmp_path / "a.pth")
    assert list(found) == [*(f"params.{key}" for key in STATE), "optimizer.state.0.exp_avg"]
    assert all(torch.equal(found[f"params.{key}"], value) for key, value in STATE.items())


def test_safetensors_are_known_by_their_content(tmp_path):
    save_safetensors(STATE, tmp_path / "a.pth")
    found = read_checkpoint(tmp_path / "a.pth")
    assert found.keys() == STATE.keys()
    assert all(torch.equal(found[key], STATE[key]) for key in STATE)


def test_parameters_come_without_their_gradients(tmp_path):
    torch.save(nn.Conv2d(1, 1, 1).state_dict(keep_vars=True), tmp_path / "a.pth")
    assert not any(value.requires_grad for value in read_checkpoint(tmp_path / "a.pth").values())


class Hostile:
    """A pickle that touches a file when it is loaded."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self):
        return Path.touch, (self.trace,)


@pytest.mark.parametrize(
    "save", [torch.save, lambda value, file: file.write_bytes(pickle.dumps(value, 2))]
)
def test_a_pickle_with_code_is_refused_and_does_not_run(tmp_path, save):
    trace = tmp_path / "trace"
    save({"weight": Hostile(trace)}, tmp_path / "hostile.pth")
    with pytest.raises(BenchError, match=r"hostile\.pth "):
        read_checkpoint(tmp_path / "hostile.pth")
    assert not trace.exists()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (nn.Conv2d(1, 1, 1), r"torch\.nn\.modules\.conv\.Conv2d"),
        ({"args": argparse.Namespace(lr=1), "state_dict": STATE}, r"argparse\.Namespace"),
    ],
)
@pytest.mark.parametrize("zipped", [True, False])
def test_objects_are_refused_with_the_way_to_save_their_tensors(tmp_path, content, name, zipped):
    torch.save(content, tmp_path / "a.pth", _use_new_zipfile_serialization=zipped)
    with pytest.raises(BenchError, match=rf"a\.pth holds objects .*\({name}\).*torch\.save") as e:
        read_checkpoint(tmp_path / "a.pth")
    assert "\n" not in str(e.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([1, 2], "a list without any tensor"),
        ({"epoch": 3}, "a dict without any tensor"),
        ("text", "a str without any tensor"),
        ({"a": {"b": torch.ones(1)}, "a.b": torch.ones(1)}, "two tensors .* reached by `a.b`"),
    ],
)
def test_content_without_clear_tensors_is_named(tmp_path, content, message):
    torch.save(content, tmp_path / "a.pth")
    with pytest.raises(BenchError, match=rf"a\.pth holds {message}"):
        read_checkpoint(tmp_path / "a.pth")


def test_a_list_that_holds_itself_many_times_is_no_hang(tmp_path):
    bomb: list = [torch.ones(1)]
    bomb += [bomb] * 10
    torch.save(bomb, tmp_path / "a.pth")
    with pytest.raises(BenchError, match=r"a\.pth holds more than"):
        read_checkpoint(tmp_path / "a.pth")


def archive(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as target:
        target.writestr("model.pth", b"")


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (archive, "is an archive of model.pth, .*Unpack it"),
        (lambda file: np.savez(file.open("wb"), a=np.ones(1)), "is an archive of a.npy"),
        (lambda file: torch.jit.script(nn.ReLU()).save(file), "is a TorchScript program"),
        (lambda file: file.write_bytes(b""), "cannot be read as a checkpoint"),
        (lambda file: file.write_bytes(b"<html>404</html>"), "cannot be read as a checkpoint"),
        (lambda file: file.mkdir(), "cannot be read: Is a directory"),
        (lambda file: None, "cannot be read: No such file"),
    ],
)
def test_what_is_no_checkpoint_is_said_in_one_line(tmp_path, write, message):
    write(tmp_path / "a.pth")
    with pytest.raises(BenchError, match=rf"a\.pth {message}") as found:
        read_checkpoint(tmp_path / "a.pth")
    assert "\n" not in str(found.value)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_cut_off_is_refused(tmp_path, zipped):
    file = tmp_path / "a.pth"
    torch.save(STATE, file, _use_new_zipfile_serialization=zipped)
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(BenchError, match=r"a\.pth cannot be read as a checkpoint"):
        read_checkpoint(file)
