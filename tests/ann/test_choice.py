"""One network saved in the ways of public repositories, and what must not be guessed."""

from pathlib import Path

import pytest
import torch
from torch import nn

from spikebench.ann.choice import choose, in_types_of
from spikebench.ann.state import check_state
from spikebench.errors import BenchError

FILE = Path("net.ckpt")


class Net(nn.Module):
    """Two layers, one of them with statistics."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))


@pytest.fixture
def network() -> nn.Module:
    torch.manual_seed(0)
    return Net()


def under(prefix: str, state: dict) -> dict:
    return {f"{prefix}{name}": value for name, value in state.items()}


WRAPPED = {
    "plain": ("", ""),
    "DataParallel": ("module.", ""),
    "torch.compile": ("_orig_mod.", ""),
    "both": ("_orig_mod.module.", ""),
    "params": ("params.", "params"),
    "state_dict of DataParallel": ("state_dict.module.", "state_dict"),
    "Lightning": ("state_dict.model.", "state_dict.model"),
    "Lightning, compiled": ("state_dict.net._orig_mod.", "state_dict.net"),
    "generator": ("generator.", "generator"),
}


@pytest.mark.parametrize(("prefix", "key"), WRAPPED.values(), ids=WRAPPED)
def test_wrappers_are_removed_and_nothing_changed(network, prefix, key):
    state = network.state_dict()
    found = choose(under(prefix, state), network, FILE, None, {})
    assert (found.key, found.left_out) == (key, {})
    assert found.state.keys() == state.keys()
    assert all(found.state[name] is state[name] for name in state)


@pytest.mark.parametrize("prefix", [prefix for prefix, _ in WRAPPED.values() if prefix])
def test_what_lies_beside_it_is_left_out_and_counted(network, prefix):
    state = network.state_dict()
    beside = {"optimizer.state.0.exp_avg": torch.ones(3), "optimizer.state.0.step": torch.ones(1)}
    found = choose(under(prefix, state) | beside, network, FILE, None, {})
    assert found.left_out == {"optimizer": 2}
    assert all(found.state[name] is state[name] for name in state)


def test_a_network_with_a_module_of_that_name_keeps_it():
    network = nn.ModuleDict({"module": nn.Conv2d(1, 1, 1)})
    state = network.state_dict()
    assert choose(state, network, FILE, None, {}).state.keys() == state.keys()
    wrapped = choose(under("net.", state), network, FILE, None, {})
    assert wrapped.state.keys() == state.keys()


@pytest.fixture
def two(network) -> dict:
    """Two versions of the weights, of different values."""
    state = network.state_dict()
    shifted = {name: value + 1 for name, value in state.items()}
    return under("params.", state) | under("params_ema.", shifted)


def test_of_two_that_fit_none_is_guessed(network, two):
    with pytest.raises(BenchError, match=r"net\.ckpt holds 2 states that fit, under `params`, `pa"):
        choose(two, network, FILE, None, {})


def test_two_of_equal_values_are_one(network):
    state = network.state_dict()
    both = under("params.", state) | under("params_ema.", {k: v.clone() for k, v in state.items()})
    assert choose(both, network, FILE, None, {}).key == "params"


@pytest.mark.parametrize("prefix", ["", "runs.best."])
def test_a_key_says_which(network, two, prefix):
    tensors = under(prefix, two)
    found = choose(tensors, network, FILE, f"{prefix}params_ema", {})
    assert found.key == f"{prefix}params_ema"
    assert str(found).startswith(
        f"Taken are 7 tensors under `{prefix}params_ema`; left out are 7 u"
    )
    for name, value in network.state_dict().items():
        assert torch.equal(found.state[name], value + 1)


def test_a_key_that_is_not_there_is_answered_with_the_nearest(network, two):
    with pytest.raises(
        BenchError, match=r"under the `key` 'param_ema'\. Did you mean 'params_ema'"
    ):
        choose(two, network, FILE, "param_ema", {})


def test_tensors_of_one_prefix_that_do_not_all_fit_are_not_taken_in_part(network):
    tensors = under("net.", network.state_dict() | {"gain": torch.ones(1)})
    found = choose(tensors, network, FILE, None, {})
    with pytest.raises(BenchError, match=r"does not fit Net: `gain` is not in Net"):
        check_state(found.state, network, FILE)


def test_where_none_fits_the_one_with_most_names_is_explained(network):
    tensors = under("params.", network.state_dict()) | {"other.body.0.bias": torch.ones(2)}
    del tensors["params.body.0.weight"]
    found = choose(tensors, network, FILE, None, {})
    with pytest.raises(BenchError, match=r"fit Net: `body\.0\.weight` is missing\. "):
        check_state(found.state, network, FILE)


def test_what_is_foreign_is_listed_by_name(network):
    found = choose({"a.b": torch.ones(1)}, network, FILE, None, {})
    with pytest.raises(BenchError, match=r"`a\.b` is not in Net; `body\.0\.bias` is missing"):
        check_state(found.state, network, FILE)


@pytest.mark.parametrize("prefix", ["", "module.", "params.", "state_dict.module."])
def test_names_behind_a_prefix_are_renamed(network, prefix):
    state = network.state_dict()
    old = {name.replace("body.", "trunk."): value for name, value in state.items()}
    rename = {"module\\.": ""} if "module" in prefix else {}
    found = choose(under(prefix, old), network, FILE, None, rename | {"trunk": "body"})
    assert all(found.state[name] is state[name] for name in state)


def test_a_rename_that_applies_nowhere_is_named(network):
    with pytest.raises(BenchError, match="the `rename` entry 'trunk' matches none"):
        choose(network.state_dict(), network, FILE, None, {"trunk": "body"})


def test_counters_that_old_files_lack_are_no_misfit(network):
    state = under("net.", network.state_dict())
    del state["net.body.1.num_batches_tracked"]
    assert choose(state, network, FILE, None, {}).key == "net"


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_precisions_become_that_of_the_network(network, dtype):
    state = {
        k: v.to(dtype) if v.is_floating_point() else v for k, v in network.state_dict().items()
    }
    found = in_types_of(network, state)
    check_state(found, network, FILE)
    for name, value in state.items():
        assert torch.equal(found[name], value.to(found[name].dtype))
        assert found[name].data_ptr() != value.data_ptr()


@pytest.mark.parametrize(
    "value",
    [torch.ones(2, dtype=torch.int8), torch.ones(2, dtype=torch.bool), torch.ones(2).to_sparse()],
)
def test_numbers_of_another_kind_stay_and_do_not_fit(network, value):
    state = network.state_dict() | {"body.0.bias": value}
    with pytest.raises(BenchError, match=r"`body\.0\.bias` is"):
        check_state(in_types_of(network, state), network, FILE)
