"""The energy that is trained on is the one that the tables show."""

import pytest
import torch

from spikebench.conformance.nets import NETS, build
from spikebench.snn import IF, Network, Relay, simulate
from spikebench.snn.graph.forward import run
from spikebench.snn.graph.synapse import dense_macs
from spikebench.training.finetune.energy import Cost
from tests.snn.nets import image


@pytest.mark.parametrize("name", NETS)
def test_it_is_the_price_of_a_simulation(name):
    module, picture = build(name), image(2, 1, 7, 6).float()
    network = Network.of(module)
    for site in network.graph.sites:
        kind = Relay if site.role == "relay" else IF
        network.place(site, kind(torch.tensor(0.1)))
    recording = next(simulate(network, picture, [1]))
    sent = {}

    def fire(site, z):
        neuron = network.neurons[site.name]
        u = z.detach()
        number = (
            (u >= 0.1).float() if site.role != "relay" else (u.abs() >= 0.05).float() * u.sign()
        )
        sent[site.name] = number.abs()
        return number * neuron.theta

    run(network.graph, picture, fire)
    synops = sum(layer.synops for layer in recording.layers)
    macs = sum(layer.macs_cached for layer in recording.layers)
    expected = 0.9 * synops + 4.6 * macs
    found = float(Cost(network.graph, picture)(sent))
    assert found == pytest.approx(expected / (4.6 * dense(network, picture)), rel=1e-5)


def dense(network: Network, picture) -> int:
    """Return the MACs of the ANN on a batch, counted one layer at a time."""
    counted = []

    def observe(node, inputs, value):
        if node.module is not None:
            counted.append(dense_macs(node.module, inputs[0], value))

    run(network.graph, picture, observe=observe)
    return sum(counted)


def test_a_silent_network_pays_for_its_first_layer_alone():
    network, picture = Network.of(build("plain")), image(1, 1, 8, 8).float()
    silent = {s.name: torch.zeros(1, 3 + i, 8, 8) for i, s in enumerate(network.sites)}
    first = 3 * 9
    total = first + 3 * 4 * 9 + 4 * 9
    assert float(Cost(network.graph, picture)(silent)) == pytest.approx(first / total)
