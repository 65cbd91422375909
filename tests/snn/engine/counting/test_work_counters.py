"""Counters know three verbs: reset, update, compute."""

import torch

from spikebench.snn import Step
from spikebench.snn.engine.counting.counters import Counters
from spikebench.snn.engine.counting.spike_counter import SpikeCounter
from spikebench.snn.engine.counting.work_counters import MacCounter, PassCounter, StateCounter
from spikebench.snn.graph.compile import compile_graph
from tests.snn.nets import chain, image


def test_passes_and_those_that_present_the_image():
    counter = PassCounter()
    counter.update([Step(1), Step(2, image=False)])
    counter.wait(3, 0)
    assert counter.compute() == (5, 1)
    copied = counter.copy()
    counter.reset()
    assert (counter.compute(), copied.compute()) == ((0, 0), (5, 1))


def test_macs_are_those_of_one_pass():
    graph, counter = compile_graph(chain()), MacCounter()
    node, value = graph.synapses[0], image(6, 5).float()
    for _ in range(2):
        counter.update(node, value, node.synapse(value))
    assert counter.compute() == {node.name: 3 * 9 * 30}
    copied = counter.copy()
    counter.reset()
    assert (counter.compute(), copied.compute()) == ({}, {node.name: 3 * 9 * 30})


def test_state_operations_add_up():
    counter = StateCounter()
    for operations in (3, 4):
        counter.update(operations)
    copied = counter.copy()
    counter.reset()
    assert (counter.compute(), copied.compute()) == (0, 7)


def test_spikes_are_forgotten_when_the_counter_is_reset():
    counter = SpikeCounter(compile_graph(chain()))
    counter.update("_1", torch.ones(1, 3, 2, 2, dtype=torch.bool))
    assert counter.compute()["_1"].total == 12
    counter.reset()
    assert counter.compute() == {}


def test_all_counters_of_a_simulation_are_reset_together():
    counters = Counters(compile_graph(chain()))
    counters.spikes.update("_1", torch.ones(1, 3, 2, 2, dtype=torch.bool))
    counters.state.update(3)
    counters.passes.update([Step(1)])
    counters.reset()
    assert counters.totals() == (0, 0)
    assert (counters.state.compute(), counters.passes.compute()) == (0, (0, 0))
