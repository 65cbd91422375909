"""The control without spikes is the ANN."""

import torch

from spikebench.conformance.nets import build, picture
from spikebench.training.finetune.activations.relu import Relu
from tests.training.finetune.one_site import tunable


def test_it_is_the_ann_relays_included():
    module = build("residual")
    network = tunable(module)
    assert any(site.role == "relay" for site in network.graph.sites)
    output, _ = network(picture(), Relu(kind="relu").sender(network, picture(), 1))
    torch.testing.assert_close(output, module(picture()))
