from pathlib import Path

import pytest
import torch
from torch import nn

from spikebench.ann.state import (
    check_state,
    read_safetensors,
    renamed,
    with_counters,
)
from spikebench.errors import BenchError
from spikebench.io.tensors import save_safetensors

FILE = Path("weights.file")


@pytest.fixture
def network() -> nn.Module:
    return nn.Conv2d(1, 2, 3)


def test_reads_back_what_was_written(network, tmp_path):
    state = network.state_dict()
    save_safetensors(state, tmp_path / "a.safetensors")
    found = read_safetensors(tmp_path / "a.safetensors")
    assert found.keys() == state.keys()
    assert all(torch.equal(found[key], state[key]) for key in state)


def test_a_truncated_file_is_refused(network, tmp_path):
    file = tmp_path / "a.safetensors"
    save_safetensors(network.state_dict(), file)
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(BenchError, match=r"a\.safetensors"):
        read_safetensors(file)


def test_a_fitting_state_passes(network):
    check_state(network.state_dict(), network, FILE)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("bias", None, "`bias` is missing"),
        ("gain", torch.zeros(2), "`gain` is not in Conv2d"),
        ("bias", torch.zeros(3), r"`bias` has shape \(3,\), expected \(2,\)"),
        ("bias", torch.zeros(2).half(), r"`bias` is torch\.float16, expected torch\.float32"),
        ("bias", torch.tensor([0.0, torch.inf]), "`bias` holds NaN or infinity"),
        ("bias", torch.zeros(2).to_sparse(), r"`bias` is no plain tensor .*sparse_coo"),
        ("bias", torch.zeros(2, device="meta"), "`bias` is no plain tensor"),
    ],
)
def test_what_does_not_fit_is_named(network, key, value, message):
    state = dict(network.state_dict())
    state[key] = value
    with pytest.raises(BenchError, match=rf"weights\.file does not fit Conv2d: {message}"):
        check_state({k: v for k, v in state.items() if v is not None}, network, FILE)


def test_every_fault_is_listed(network):
    with pytest.raises(BenchError, match="`bias` is missing; `weight` is missing"):
        check_state({}, network, FILE)


def test_beside_an_unknown_name_stands_the_nearest_missing_one_of_its_shape():
    network = nn.ModuleDict({"first": nn.Conv2d(1, 2, 3), "second": nn.Conv2d(2, 2, 3)})
    state = network.state_dict()
    state["first.wieght"] = state.pop("first.weight")
    state["firsts.weight"] = state.pop("second.weight")  # nearer to first.weight, but for its shape
    with pytest.raises(BenchError) as found:
        check_state(state, network, FILE)
    assert "`first.wieght` is not in ModuleDict (is it `first.weight`?)" in str(found.value)
    assert "`firsts.weight` is not in ModuleDict (is it `second.weight`?)" in str(found.value)
    assert "`second.weight` is missing" in str(found.value)


def names(*keys: str) -> dict[str, torch.Tensor]:
    return {key: torch.tensor(float(index)) for index, key in enumerate(keys)}


@pytest.mark.parametrize(
    ("rename", "expected"),
    [
        ({}, ["module.a.0.weight", "module.b.12.bias", "mean"]),
        ({r"module\.": ""}, ["a.0.weight", "b.12.bias", "mean"]),
        ({r"module\.": "", r"[ab]\.(\d+)\.": r"c.\1."}, ["c.0.weight", "c.12.bias", "mean"]),
        ({"mean": None}, ["module.a.0.weight", "module.b.12.bias"]),
        ({r"module\.(?!a)": None, "mean": "module.m"}, ["module.a.0.weight", "module.m"]),
    ],
)
def test_rules_are_applied_in_order_to_the_start_of_a_name(rename, expected):
    state = names("module.a.0.weight", "module.b.12.bias", "mean")
    found = renamed(state, rename, FILE)
    assert list(found) == expected
    assert {value.item() for value in found.values()} <= {0, 1, 2}


def test_the_middle_of_a_name_does_not_match():
    with pytest.raises(
        BenchError, match=r"weights\.file: the `rename` entry 'b' matches none .*`a\.b`"
    ):
        renamed(names("a.b"), {"b": "c"}, FILE)


@pytest.mark.parametrize(
    ("rename", "message"),
    [
        (
            {r"modul\.": ""},
            r"'modul\\\.' matches none of its tensors, which are `a0`, .*`a4`, \.\.\.",
        ),
        ({"a": None, "a0": "b"}, "'a0' matches none"),
        ({r"a\d": "b"}, r"'a\\d' gives two tensors the name `b`"),
        ({"a0": "a1"}, "'a0' gives two tensors the name `a1`"),
        ({"a0": r"\1"}, r"cannot replace 'a0' by '\\1': invalid group reference"),
    ],
)
def test_a_wrong_rule_is_named(rename, message):
    with pytest.raises(BenchError, match=rf"weights\.file: .*{message}"):
        renamed(names(*(f"a{index}" for index in range(6))), rename, FILE)


def test_counters_that_old_files_lack_are_zero():
    norm = nn.BatchNorm2d(2)
    state = {k: v for k, v in norm.state_dict().items() if k != "num_batches_tracked"}
    completed = with_counters(state, norm)
    check_state(completed, norm, FILE)
    assert completed["num_batches_tracked"].item() == 0


def test_counters_that_are_there_stay():
    norm = nn.BatchNorm2d(2)
    norm(torch.rand(2, 2, 3, 3))
    assert with_counters(norm.state_dict(), nn.BatchNorm2d(2))["num_batches_tracked"].item() == 1
