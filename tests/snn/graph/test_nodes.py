"""What runs once, at every step and once for each T, in a residual network with a skip."""

import pytest
import torch
import torch.nn.functional as F

from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.nodes import Graph, Kind
from tests.snn.nets import Net, chain, conv


def compute(net: Net, x):
    current = net.a(x)
    hidden = F.relu(current)
    total = hidden + F.relu(net.b(hidden))
    return net.c(total) + x


@pytest.fixture
def graph() -> Graph:
    return compile_graph(Net(compute, a=conv(1, 2), b=conv(2, 2), c=conv(2, 1)))


def test_nodes_are_in_execution_order_and_of_known_kinds(graph):
    kinds = {"image": Kind.INPUT, "a": Kind.SYNAPSE, "relu": Kind.SITE, "b": Kind.SYNAPSE}
    kinds |= {"relu_1": Kind.SITE, "add": Kind.WIRING, "c": Kind.SYNAPSE, "add_1": Kind.WIRING}
    assert [(node.name, node.kind) for node in graph] == list(kinds.items())
    assert graph.output == "add_1"


def test_what_no_site_drives_is_constant(graph):
    assert graph.driven == {"relu", "b", "relu_1", "add", "c", "add_1"}


def test_what_drives_no_site_is_the_tail(graph):
    assert graph.tail == {"add", "c", "add_1"}


def test_the_frontier_is_what_the_tail_reads(graph):
    assert graph.frontier == ["relu", "relu_1"]


def test_the_output_itself_is_the_frontier_of_a_network_without_tail(graph):
    short = graph.until("relu_1")
    assert (short.output, short.tail, short.frontier) == ("relu_1", set(), ["relu_1"])


@pytest.mark.parametrize(
    ("name", "sources"),
    [("relu", ["relu"]), ("add", ["relu", "relu_1"]), ("c", None), ("image", None), ("a", None)],
)
def test_spikes_are_followed_back_to_their_sites(graph, name, sources):
    assert graph.spike_sources(name) == sources


def test_spikes_that_meet_a_current_are_no_spikes(graph):
    assert graph.spike_sources("add_1") is None


def test_users_are_the_readers_of_a_node(graph):
    assert graph.users["relu"] == ["b", "add"]
    assert graph.users["image"] == ["a", "add_1"]
    assert graph.users["add_1"] == []


def test_a_new_site_stands_between_a_node_and_its_readers(graph):
    longer = graph.with_site("c", "output", ["add_1"])
    assert [node.name for node in longer][-3:] == ["c", "c_output", "add_1"]
    assert longer["c_output"].inputs == ("c",)
    assert longer["add_1"].inputs == ("c_output", "image")
    assert longer.sites[-1].role == "output"


def test_readers_that_are_not_named_keep_their_source(graph):
    longer = graph.with_site("relu", "relay", ["b"])
    assert longer["b"].inputs == ("relu_relay",)
    assert longer["add"].inputs == ("relu", "relu_1")


def test_a_site_that_a_synapse_reads_behind_routing_is_not_read_directly():
    def concatenate(net, x):
        first = net.first(x).relu()
        second = net.second(first).relu()
        return net.last(torch.cat([first, second], dim=1)) + net.other(second)

    convolutions = {"first": conv(1, 2), "second": conv(2, 3), "last": conv(5, 1)}
    graph = compile_graph(Net(concatenate, **convolutions, other=conv(3, 1)))
    assert graph.read_directly == set()
    plain = compile_graph(chain())
    assert plain.read_directly == {site.name for site in plain.sites}
