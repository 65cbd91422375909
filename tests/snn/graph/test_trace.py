"""Networks that ask for sizes are traced with them, and anew for images of another size."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from spikebench.snn import IF, simulate
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.forward import run_ann
from spikebench.snn.graph.trace import trace
from tests.snn.nets import Net, conv, image, spiking


def padded_to_four(net: Net, x: Tensor) -> Tensor:
    """Pads only where it must, and crops again, as U-shaped networks do."""
    height, width = x.shape[-2:]
    if height % 4 or width % 4:
        x = F.pad(x, (0, -width % 4, 0, -height % 4), mode="reflect")
    hidden = F.interpolate(F.avg_pool2d(F.relu(net.a(x)), 4), scale_factor=4)
    return net.b(hidden)[..., :height, :width]


def windows(net: Net, x: Tensor) -> Tensor:
    b, c, h, w = F.relu(hidden := net.a(x)).shape
    parts = F.relu(hidden).view(b, c, h // 2, 2, w // 2, 2).permute(0, 2, 4, 3, 5, 1)
    mixed = net.mix(parts.reshape(-1, 4, c))
    whole = mixed.view(b, h // 2, w // 2, 2, 2, c).permute(0, 5, 1, 3, 2, 4)
    return net.b(F.relu(whole.reshape(b, -1, h, w)))


def positions(net: Net, x: Tensor) -> Tensor:
    """A constant that is made of the size alone."""
    rows = torch.linspace(0, 1, x.size(2), dtype=x.dtype).view(1, 1, -1, 1)
    return net.b(F.relu(net.a(x) + rows))


def resized(net: Net, x: Tensor) -> Tensor:
    small = F.interpolate(F.relu(net.a(x)), scale_factor=0.5, mode="bilinear")
    return net.b(F.interpolate(small, size=(x.size(2), x.size(3)), mode="bilinear"))


SIZED = {"padded": padded_to_four, "windows": windows, "positions": positions, "resized": resized}


def network(name: str) -> nn.Module:
    torch.manual_seed(0)
    layers = {"a": conv(1, 3), "b": conv(3, 1), "mix": nn.Linear(3, 3)}
    return Net(SIZED[name], **layers).double().eval()


@pytest.mark.parametrize("name", SIZED)
@pytest.mark.parametrize("size", [(1, 1, 8, 12), (2, 1, 6, 10)], ids=str)
def test_one_compiled_graph_serves_images_of_all_sizes(name, size):
    net, picture = network(name), image(*size)
    graph = compile_graph(net)
    torch.testing.assert_close(run_ann(graph, picture), net(picture))
    assert graph.size == (1, 1, 64, 64)
    assert [s.name for s in graph.at(picture.shape).sites] == [s.name for s in graph.sites]


@pytest.mark.parametrize("name", SIZED)
def test_a_network_of_sizes_reaches_its_ann_in_time(name):
    net, picture = network(name), image(6, 10)
    converted = spiking(net, IF, theta=2.0)
    few, many = ((r.output - net(picture)).abs().max() for r in simulate(converted, picture, TWO))
    assert many < few / 4


TWO = (32, 512)


def test_weights_that_were_changed_stay_changed_at_another_size():
    graph = compile_graph(network("padded")).with_own_weights()
    graph["b"].synapse.weight.data.zero_()
    assert graph.at(torch.Size((1, 1, 5, 7)))["b"].synapse is graph["b"].synapse


@pytest.mark.parametrize(
    "compute",
    [
        lambda net, x: net.b(torch.cat(F.relu(net.a(x)).chunk(3, dim=1), dim=1)),
        lambda net, x: net.b(F.relu(net.a(x)).mean(dim=(2, 3), keepdim=True)),
        lambda net, x: net.b(F.pad(F.relu(net.a(x)), (1, 1, 1, 1), mode="reflect")),
    ],
    ids=["parts", "mean", "padding"],
)
def test_a_network_that_asks_for_no_size_has_none(compute):
    net = Net(compute, a=conv(1, 3), b=conv(3, 1)).double()
    assert compile_graph(net).size is None


def test_what_is_computed_of_parameters_is_computed_once():
    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer, self.last = conv(1, 2), conv(2, 1)
            self.gain = nn.Parameter(torch.tensor([2.0, 3.0]))

        def forward(self, x, scale=None):
            weight = self.layer.weight * self.gain.exp().view(-1, 1, 1, 1)
            hidden = F.relu(F.conv2d(x, weight, self.layer.bias, padding=1))
            return self.last(hidden if scale is None else hidden * scale)

    net, picture = Scaled().double(), image(5, 6)
    graph = compile_graph(net)
    assert [node.op for node in graph.synapses] == ["Conv2d", "Conv2d"]
    torch.testing.assert_close(run_ann(graph, picture), net(picture))


def test_the_trace_leaves_the_module_as_it_is():
    net = network("windows").train()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    trace(net)
    assert net.training
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
