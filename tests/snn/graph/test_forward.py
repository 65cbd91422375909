"""The compiled graph run as an ANN."""

import pytest
import torch
from torch import nn

from spikebench.errors import BenchError
from spikebench.snn import Network, Relay
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.forward import run_ann
from tests.snn.nets import chain, conv, image


def test_relays_and_the_output_site_pass_through():
    module = nn.Sequential(conv(1, 2), nn.ReLU(), conv(2, 2), conv(2, 1))
    network = Network.of(module)
    network.spiking_output(Relay(torch.tensor(1.0)))
    assert len(network.graph.sites) == 3
    picture = image(6, 5).float()
    torch.testing.assert_close(run_ann(network.graph, picture), module(picture))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_an_output_that_is_not_finite_is_refused(value):
    module = chain()
    module[4].bias.data.fill_(value)
    with pytest.raises(BenchError, match=r"NaN or infinite values\. Check its weights file"):
        run_ann(compile_graph(module), image(4, 4).float())
