"""The ANN that was trained on: its own network, at the price of an ANN."""

from pathlib import Path

import pytest
import torch

from spikebench.conformance.brief import brief_state
from spikebench.conformance.nets import NETS, build, patches, picture
from spikebench.snn import Network, load_method, simulate
from spikebench.snn.graph.forward import run_ann

FILE = Path("methods/ann_trained.py")


@pytest.mark.parametrize("net", NETS)
def test_it_is_the_network_with_the_trained_weights_at_every_t(net):
    state = brief_state(build(net), "ann_longer")  # which has nothing to learn, without spikes
    state.weights = {name: 1.1 * value for name, value in state.weights.items()}
    network = load_method(FILE).apply(build(net), patches(), (1, 8), state=state)
    trained = Network.of(build(net))
    state.load_into(trained.graph)
    expected = run_ann(trained.graph, picture())
    assert not torch.allclose(expected, build(net)(picture()))
    for recording in simulate(network, picture(), [1, 8]):
        torch.testing.assert_close(recording.output, expected)
        assert recording.latency_steps == 1
        assert {layer.bits for layer in recording.layers[1:]} == {0}  # full width
