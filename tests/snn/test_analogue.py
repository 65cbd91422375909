"""The compiled graph as an ANN, and its effective MACs against an event loop."""

import pytest
import torch
from torch import nn

from spikebench.ann.flops import dense_macs
from spikebench.check.events import synops
from spikebench.errors import BenchError
from spikebench.snn import Network, Relay
from spikebench.snn.analogue import count_ann, run_ann
from spikebench.snn.compile import compile_graph
from tests.snn.nets import chain, conv, espcn, image


def test_effective_macs_equal_the_event_loop_over_nonzero_inputs():
    module, picture = chain().double(), image(2, 1, 6, 5)
    picture[..., :3] = 0.0
    output, effective = count_ann(compile_graph(module), picture)
    torch.testing.assert_close(output, module(picture))
    value, expected = picture, []
    for layer in module:
        if isinstance(layer, nn.Conv2d):
            expected.append(synops(layer, value != 0))
        value = layer(value)
    assert list(effective.values()) == expected


def test_effective_macs_of_a_linear_layer_skip_zeros():
    module = nn.Sequential(conv(1, 2), nn.ReLU(), nn.Flatten(), nn.Linear(60, 7)).double()
    _, effective = count_ann(compile_graph(module), image(2, 1, 6, 5))
    hidden = module[1](module[0](image(2, 1, 6, 5)))
    assert list(effective.values())[1] == 7 * int((hidden > 0).sum())


def test_effective_macs_are_at_most_the_dense_ones():
    module, picture = espcn(), image(6, 5).float()
    _, effective = count_ann(compile_graph(module), picture)
    assert 0 < sum(effective.values()) < dense_macs(module, picture)


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
