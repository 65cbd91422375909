"""Windows one after the other, counted by hand on small graphs."""

import torch

from spikebench.snn import Network
from spikebench.snn.engine.values.schedule import Schedule
from tests.snn.model.codes.codes import Unary
from tests.snn.nets import Net, chain, conv


def schedule(module, levels=(5,)) -> tuple[Schedule, Network]:
    """Return the schedule of a network whose sites have so many steps, in turn."""
    network = Network.of(module)
    for place, site in enumerate(network.graph.sites):
        window = levels[place % len(levels)]
        network.place(site, Unary(torch.tensor(1.0), levels=window))
    return Schedule(network.graph, network.neurons), network


def listening(module, levels=(5,)) -> dict[str, int]:
    found, network = schedule(module, levels)
    return {node.name: found.listening(node)[1] for node in network.graph}


def branches() -> Net:
    """Return two branches of one and two sites that are concatenated."""

    def compute(net, x):
        first = net.entry(x).relu()
        short, long = net.short(first).relu(), net.deep(net.long(first).relu()).relu()
        return net.exit(net.fuse(short + long))

    hidden = {name: conv(2, 2) for name in ("short", "long", "deep", "fuse")}
    return Net(compute, entry=conv(1, 2), exit=conv(2, 1), **hidden)


def test_windows_of_a_chain_follow_each_other():
    assert schedule(chain(), levels=(5, 3))[0].latency == 8


def test_the_longest_path_counts():
    found, network = schedule(branches())
    relays = len(network.relays)
    assert found.latency == 5 * (3 + relays)


def test_a_synapse_listens_to_the_window_of_its_neurons():
    found = listening(chain(), levels=(5, 3))
    synapses = [steps for name, steps in found.items() if steps]
    assert synapses == [5, 3]
    assert sum(found.values()) == 8


def test_a_sum_of_spikes_listens_to_each_window_once():
    found = schedule(branches())
    add = next(node for node in found[1].graph if node.adds)
    sites, steps = found[0].listening(add)
    assert len(sites) == 2 and steps == 10  # the windows of short and deep do not overlap


def test_branches_that_send_at_once_are_heard_at_once():
    def compute(net, x):
        return net.exit(torch.cat([net.left(x).relu(), net.right(x).relu()], dim=1))

    module = Net(compute, left=conv(1, 2), right=conv(1, 2), exit=conv(4, 1))
    found, network = schedule(module, levels=(5, 3))
    exit_node = network.graph.synapses[-1]
    assert found.latency == 5
    assert found.listening(exit_node)[1] == 5


def test_neurons_are_updated_while_they_listen_and_send():
    found, network = schedule(chain(), levels=(5, 3))
    assert [found.updates(node) for node in network.graph.synapses] == [5, 8, 3]


def test_of_the_sites_of_a_residual_trunk_one_counts_behind_each_synapse():
    def compute(net, x):
        trunk = net.entry(x)
        for block in (net.first, net.second):
            trunk = trunk + block(trunk.relu())
        return net.exit(trunk.relu())

    blocks = {name: conv(2, 2) for name in ("first", "second")}
    found, network = schedule(Net(compute, entry=conv(1, 2), exit=conv(2, 1), **blocks))
    assert [found.updates(node) for node in network.graph.synapses] == [5, 10, 10, 5]
