"""Every operation becomes a node of a known kind, or is refused by place and remedy."""

import operator

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from spikebench.errors import BenchError
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.forward import run_ann
from tests.snn.nets import Net, chain, conv, dncnn, espcn, image

UNSUPPORTED = {
    "module layer (MaxPool2d)": lambda net, x: net.layer(net.a(x)),
    "call of max_pool2d": lambda net, x: F.max_pool2d(net.a(x), 3, 1, 2, 2),
    "call of cumsum": lambda net, x: net.a(x).cumsum(2),
    "call of sort": lambda net, x: torch.sort(net.a(x))[0],
    "call of conv2d": lambda net, x: F.conv2d(x, net.a(x)),
}
OF_VALUES = {
    "a condition": lambda net, x: net.a(x) if x.sum() > 0 else x,
    "a value is read": lambda net, x: net.a(x) * x.max().item(),
    "a tensor's value is made a whole number": lambda net, x: net.a(x)[int(x.mean()) :],
}


def two_calls(first, second) -> Net:
    return Net(
        lambda net, x: net.c(second(net, net.b(first(net, net.a(x))))),
        a=conv(1, 2),
        b=conv(2, 2),
        c=conv(2, 1),
        shared=nn.ReLU(),
        other=nn.ReLU(inplace=True),
    )


@pytest.mark.parametrize("place", UNSUPPORTED)
def test_an_unsupported_operation_is_named_with_its_remedy(place):
    network = Net(UNSUPPORTED[place], a=conv(1, 2), layer=nn.MaxPool2d(3, 1, 1, dilation=2))
    with pytest.raises(BenchError) as caught:
        compile_graph(network)
    assert f", {place}, cannot be converted" in str(caught.value)
    assert "not in the table of operations (docs/operations.md)" in str(caught.value)


@pytest.mark.parametrize("flow", OF_VALUES)
def test_what_depends_on_values_is_refused_by_module_and_line(flow):
    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = Net(OF_VALUES[flow], a=conv())

        def forward(self, x):
            return self.net(x)

    with pytest.raises(BenchError) as caught:
        compile_graph(Block())
    line = OF_VALUES[flow].__code__.co_firstlineno
    place = f"in module net (Net), {__file__} line {line}"
    assert f"Block cannot be traced: {flow}" in str(caught.value)
    assert place in str(caught.value)


def test_a_mistake_of_the_forward_pass_is_named_by_module_and_line():
    network = nn.Sequential(conv(), Net(lambda net, x: net.missing(x)))
    with pytest.raises(BenchError, match=r"has no attribute 'missing' in module 1, .*py line \d+"):
        compile_graph(network)


@pytest.mark.parametrize(
    "compute",
    [lambda net, x: (net.a(x), x), lambda net, x: {"image": net.a(x)}],
    ids=["a pair", "a mapping"],
)
def test_a_network_that_returns_more_than_one_image_is_refused(compute):
    with pytest.raises(BenchError, match="expected one tensor"):
        compile_graph(Net(compute, a=conv()))


def test_a_network_of_two_inputs_is_refused():
    class Sum(nn.Module):
        def forward(self, image, guide):
            return image + guide

    with pytest.raises(BenchError, match=r"Sum takes 2 inputs \(image, guide\); expected one"):
        compile_graph(Sum())


def test_a_branch_that_nothing_uses_is_refused():
    with pytest.raises(BenchError, match="drop unused branches"):
        compile_graph(Net(lambda net, x: operator.itemgetter(0)((net.a(x), net.a(x))), a=conv()))


CALLS = {
    "F.relu": lambda net, x: F.relu(x),
    "torch.relu": lambda net, x: torch.relu(x),
    "method": lambda net, x: x.relu(),
    "one module": lambda net, x: net.shared(x),
    "in place": lambda net, x: net.other(x),
}


@pytest.mark.parametrize("first", CALLS)
@pytest.mark.parametrize("second", CALLS)
def test_every_call_of_an_activation_is_a_site_of_its_own(first, second):
    network = two_calls(CALLS[first], CALLS[second])
    graph = compile_graph(network)
    assert [site.role for site in graph.sites] == ["activation", "activation"]
    assert len({site.name for site in graph.sites}) == 2
    torch.testing.assert_close(run_ann(graph, image(6, 5).float()), network(image(6, 5).float()))


@pytest.mark.parametrize("build", [chain, dncnn, espcn])
def test_the_compiled_graph_computes_what_the_backbone_computes(build):
    network, picture = build().double(), image(2, 1, 8, 6)
    torch.testing.assert_close(run_ann(compile_graph(network), picture), network(picture))


def test_the_backbone_is_left_as_it_was():
    network = nn.Sequential(conv(1, 2), nn.BatchNorm2d(2), nn.ReLU(), conv(2, 1)).train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    compile_graph(network)
    assert network.training
    assert all(torch.equal(before[k], value) for k, value in network.state_dict().items())


def residual(net: Net, x):
    hidden = F.relu(net.a(x))
    return net.c(hidden + net.b(hidden)) + x


def test_a_synapse_behind_a_sum_of_currents_gets_a_relay():
    graph = compile_graph(Net(residual, a=conv(1, 2), b=conv(2, 2), c=conv(2, 1)))
    assert [site.role for site in graph.sites] == ["activation", "relay"]
    assert graph["c"].inputs == ("add_relay",)
    assert graph["add_1"].inputs == ("c", "image")


def test_two_synapses_that_read_one_sum_share_its_relay():
    def compute(net, x):
        total = F.relu(net.a(x)) + net.b(x)
        return net.c(total) - net.d(total)

    layers = {"a": conv(1, 2), "b": conv(1, 2), "c": conv(2, 1), "d": conv(2, 1)}
    graph = compile_graph(Net(compute, **layers))
    assert [site.role for site in graph.sites] == ["activation", "relay"]
    assert graph["c"].inputs == graph["d"].inputs == ("add_relay",)


def test_a_sum_of_spikes_needs_no_relay():
    def compute(net, x):
        return net.c(F.relu(net.a(x)) + F.relu(net.b(x)))

    graph = compile_graph(Net(compute, a=conv(1, 2), b=conv(1, 2), c=conv(2, 1)))
    assert [site.role for site in graph.sites] == ["activation", "activation"]


@pytest.mark.parametrize(
    "add", [lambda x: x + 0.5, lambda x: torch.add(x, 0.5), lambda x: torch.add(x, other=0.5)]
)
def test_a_number_that_is_added_is_part_of_the_bias(add):
    graph = compile_graph(Net(lambda net, x: add(net.a(x)), a=conv()))
    node = graph["add"]
    assert node.indicate is None
    value = image(3, 3)
    assert torch.equal(node.call(value), value + 0.5)
    assert torch.equal(node.call(value, bias=False), value)
