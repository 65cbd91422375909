"""Every operation of the table, in networks drawn at random: its value, its counts, its limit."""

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spikebench.conformance.events import routed_synops
from spikebench.conformance.listen import overheard_run
from spikebench.snn import IF, simulate
from spikebench.snn.engine.ann_counts import count_ann
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.nodes import Kind
from spikebench.snn.graph.operations.piecewise import PIECEWISE
from spikebench.snn.graph.operations.table import OPERATIONS
from spikebench.spike_kinds import SpikeKind
from tests.snn.graph.operations.examples import EXAMPLES, network
from tests.snn.nets import image, spiking

NAMES = [entry.name for entry in OPERATIONS]
TIMES = (64, 1024)
FEW = settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
SIZES = st.sampled_from([(4, 6), (6, 4)])


def test_every_operation_has_an_example():
    assert sorted(NAMES) == sorted(set(NAMES)) == sorted(EXAMPLES)


@pytest.mark.parametrize("name", NAMES)
@FEW
@given(st.data())
def test_its_value_is_the_networks_and_its_counts_are_a_loops_over_every_event(name, data):
    torch.manual_seed(data.draw(st.integers(0, 99)))
    net, picture = network(data.draw(EXAMPLES[name])), image(*data.draw(SIZES))
    graph = compile_graph(net).at(picture.shape)
    found, ann = count_ann(graph, picture)
    expected = net(picture)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12 * expected.abs().max().item())
    converted = spiking(net, IF, theta=0.2, dtype=torch.float32)
    recording, trains = overheard_run(converted, picture, 2)
    sent = {
        site: sum(firing.number.to(torch.int16).abs() for firing in train.firings)
        for site, train in trains.items()
    }
    assert [layer.layer for layer in recording.layers] == list(ann.layers)
    for layer in recording.layers:
        node, dense = graph[layer.layer], ann.layers[layer.layer].macs_dense
        if node.kind is Kind.SYNAPSE and graph.spike_sources(node.inputs[0]) is not None:
            assert layer.synops == routed_synops(graph, node, sent)
            assert layer.macs_cached == layer.macs_streaming == 0
        else:  # the image, or an analogue node
            assert layer.input_kind is SpikeKind.ANALOGUE
            assert layer.macs_cached == dense
            assert layer.special_ops == ann.special_ops.get(layer.layer, 0)


@pytest.mark.parametrize("entry", PIECEWISE, ids=lambda entry: entry.name)
def test_neurons_reach_what_a_piecewise_linear_operation_computes(entry):
    """Sums of ReLUs, each of which is a mean over T up to one spike of theta."""
    torch.manual_seed(0)
    net, picture = network(EXAMPLES[entry.name].example()), image(4, 6)
    converted = spiking(net, IF, theta=32.0, initial=16.0)
    few, many = ((r.output - net(picture)).abs().max() for r in simulate(converted, picture, TIMES))
    assert many <= few / 3


@pytest.mark.parametrize("entry", PIECEWISE, ids=lambda entry: entry.name)
def test_a_piecewise_linear_operation_is_written_in_words_that_are_true(entry):
    """As many ReLUs as `becomes` names; max pool and hard swish say theirs otherwise."""
    if "relu" not in entry.becomes:
        return
    torch.manual_seed(0)
    graph = compile_graph(network(EXAMPLES[entry.name].example()))
    sites = [site for site in graph.sites if site.role == "activation"]
    assert 1 <= len(sites) - 1 <= entry.becomes.count("relu")
