"""A compiled graph computes what its module computes, whatever hooks and in-place calls it has."""

import warnings

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import prune

from spikebench.errors import BenchError
from spikebench.snn import IF, simulate
from spikebench.snn.graph.agreement import check_agreement
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.forward import run_ann
from spikebench.snn.model.serialise import ANYTIME, load_networks, save_networks
from tests.snn.nets import Net, chain, conv, image, spiking

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the older style warns, and is what checkpoints have
    NORMS = {
        "weight, by hook": nn.utils.weight_norm,
        "spectral, by hook": nn.utils.spectral_norm,
        "weight": nn.utils.parametrizations.weight_norm,
        "spectral": nn.utils.parametrizations.spectral_norm,
        "pruned": lambda layer: prune.random_unstructured(layer, "weight", amount=0.5),
    }


def computing(name: str) -> nn.Module:
    """Return a network whose weights are loaded after its layers were made, from a checkpoint."""
    wrap = NORMS[name]
    module = nn.Sequential(wrap(conv(1, 4)), nn.ReLU(), wrap(conv(4, 1)))
    module.load_state_dict({key: torch.rand_like(v) for key, v in module.state_dict().items()})
    return module.eval().requires_grad_(False)


@pytest.mark.filterwarnings("ignore:.*weight_norm.*deprecated")
@pytest.mark.parametrize("name", NORMS)
def test_weights_that_are_computed_are_those_that_the_module_computes(name):
    module = computing(name)
    picture, keys = image(6, 5).float(), set(module.state_dict())
    before = module(picture)
    graph = compile_graph(module)
    torch.testing.assert_close(run_ann(graph, picture), before)
    check_agreement(module, graph, picture)
    assert set(module.state_dict()) == keys
    assert torch.equal(module(picture), before)
    assert all(type(node.synapse) is nn.Conv2d for node in graph.synapses)


@pytest.mark.filterwarnings("ignore:.*weight_norm.*deprecated")
@pytest.mark.parametrize("name", NORMS)
def test_computed_weights_survive_being_written_and_read(name, tmp_path):
    module, picture = computing(name), image(6, 5).float()
    network = spiking(module, IF, theta=0.25, dtype=torch.float32)
    save_networks({ANYTIME: network}, tmp_path / "net.safetensors")
    (found,) = load_networks(tmp_path / "net.safetensors", computing(name)).values()
    (before,), (after,) = (simulate(each, picture, [4]) for each in (network, found))
    assert torch.equal(before.output, after.output)
    torch.testing.assert_close(run_ann(found.graph, picture), module(picture))


class InPlace(nn.Module):
    """A pre-activation block whose skip carries ReLU(x), since its ReLU works in place."""

    def __init__(self) -> None:
        super().__init__()
        self.head, self.tail = conv(1, 4), conv(4, 1)
        self.block = nn.Sequential(nn.ReLU(inplace=True), conv(4, 4))

    def forward(self, picture: Tensor) -> Tensor:
        x = self.head(picture)
        return picture - self.tail(self.block(x) + x)


def functional(net: Net, x: Tensor) -> Tensor:
    y = net.a(x)
    z = net.b(F.relu(y, inplace=True))
    z += y
    return net.c(z.relu_() + z)


@pytest.mark.parametrize(
    "module", [InPlace(), Net(functional, a=conv(1, 3), b=conv(3, 3), c=conv(3, 1))]
)
def test_what_reads_a_tensor_after_it_was_changed_in_place_reads_the_change(module):
    picture = image(6, 5).float()
    expected = module.eval()(picture)
    torch.testing.assert_close(run_ann(compile_graph(module), picture), expected)


def hooked(where: str) -> nn.Module:
    module = chain().eval()
    layer = module.get_submodule(where)
    layer.register_forward_hook(lambda layer, given, result: 2 * result)
    return module


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("2", r"first to differ is node '_2', module 2 \(Conv2d\); has it a hook\?"),
        ("", "No operation differs by itself: a hook of the network or of a block"),
    ],
)
def test_a_hook_that_changes_a_result_stops_with_the_node(where, said):
    module = hooked(where)
    with pytest.raises(BenchError, match=rf"differs from Sequential by up to \d.*{said}"):
        check_agreement(module, compile_graph(module), image(6, 5).float())


def test_a_view_that_is_changed_in_place_is_not_overlooked():
    def compute(net: Net, x: Tensor) -> Tensor:
        y = net.a(x)
        y[:, :2].relu_()
        return net.b(y)

    module = Net(compute, a=conv(1, 4), b=conv(4, 1)).eval()
    picture = image(6, 5).float()
    with pytest.raises(BenchError, match=r"compiled graph differs|cannot be converted"):
        check_agreement(module, compile_graph(module), picture)
