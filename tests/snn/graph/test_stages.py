"""Levels and stages of networks with analogue nodes, and what a stage hands on."""

import torch
import torch.nn.functional as F

from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.nodes import Kind
from spikebench.snn.graph.stages import is_staged, stages
from tests.snn.nets import Net, chain, conv


def gated(net, x):
    hidden = F.relu(net.a(x))
    gate = torch.sigmoid(net.b(hidden))
    return net.c(F.relu(net.d(hidden * gate))) + x


def gate() -> Net:
    return Net(gated, a=conv(1, 2), b=conv(2, 2), d=conv(2, 2), c=conv(2, 1))


def test_a_network_of_neurons_alone_has_one_level():
    graph = compile_graph(chain())
    assert not is_staged(graph)
    assert {node.level for node in graph} == {0}


def test_what_waits_for_an_analogue_node_is_one_level_up():
    graph = compile_graph(gate())
    levels = {node.name: node.level for node in graph}
    expected = {"image": 0, "a": 0, "relu": 0, "b": 0, "sigmoid": 1, "mul": 1, "mul_relay": 1}
    assert expected.items() <= levels.items()
    assert levels["c"] == levels["add"] == 1
    assert is_staged(graph)


def test_two_analogue_nodes_in_a_row_wait_once():
    graph = compile_graph(
        Net(lambda net, x: net.b(F.gelu(net.a(F.relu(x))).tanh()), a=conv(), b=conv())
    )
    assert [node.level for node in graph if node.kind is Kind.ANALOGUE] == [1, 1]


def test_a_synapse_behind_an_analogue_node_is_driven_by_spikes():
    graph = compile_graph(gate())
    assert graph["d"].inputs == ("mul_relay",)
    assert graph.spike_sources("mul_relay") == ["mul_relay"]
    first = compile_graph(Net(lambda net, x: net.b(torch.sigmoid(net.a(x))), a=conv(), b=conv()))
    assert [site.role for site in first.sites] == ["relay"]


def test_spikes_of_an_earlier_stage_are_settled_in_a_later_one():
    """They are a constant there, so that a synapse behind them needs a relay."""

    def late(net, x):
        hidden = F.relu(net.a(x))
        return net.b(torch.cat([hidden, torch.sigmoid(hidden)], dim=1))

    graph = compile_graph(Net(late, a=conv(1, 2), b=conv(4, 1)))
    assert [site.role for site in graph.sites] == ["activation", "relay"]


def test_a_stage_is_given_what_it_reads_and_keeps_what_is_wanted():
    first, second = stages(compile_graph(gate()))
    assert first.given == ()
    assert set(first.graph.wanted) == {"image", "relu", "b"}
    assert set(second.given) == {"image", "relu", "b"}
    assert second.graph.wanted == ("add",)
    assert {node.kind for node in second.graph.nodes[:3]} == {Kind.INPUT}
