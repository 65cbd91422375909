"""sinabs' connection maps and synaptic operations beside our fan-out and SynOps."""

import pytest
import torch
from torch import nn

from spikebench.snn import Network, simulate
from spikebench.snn.graph.synapse import fan_out
from tests.snn.nets import Scripted, conv, image

pytest.importorskip("sinabs", reason="sinabs is an optional peer")

from sinabs.hooks import conv_connection_map, conv_layer_synops_hook, get_hook_data_dict

SYNAPSES = {
    "padded": nn.Conv2d(4, 6, 3, padding=1),
    "strided": nn.Conv2d(4, 2, (3, 2), stride=2, padding=1),
    "dilated": nn.Conv2d(4, 2, 3, padding=2, dilation=2),
    "grouped": nn.Conv2d(4, 6, 3, padding=1, groups=2),
}


@pytest.mark.parametrize("name", SYNAPSES)
def test_its_connection_map_is_our_fan_out(name):
    module, value = SYNAPSES[name], image(1, 4, 6, 5).float()
    found = conv_connection_map(module, value.shape[1:], module(value).shape[1:])
    assert torch.equal(found.double(), fan_out(module, value.shape).expand_as(found))


@pytest.mark.parametrize("theta", [1.0, 0.5])
def test_it_adds_the_values_of_spikes_where_we_count_them(theta):
    """At theta = 1 both agree; a spike of value 0.5 is half an operation to it."""
    module, number = SYNAPSES["padded"], (image(1, 4, 6, 5) < 0.4).to(torch.int8)
    value = theta * number.float()
    conv_layer_synops_hook(module, (value,), module(value))
    found = float(get_hook_data_dict(module)["layer_synops_per_timestep"])
    network = Network.of(nn.Sequential(conv(1, 4), nn.ReLU(), module))
    network.place(network.sites[0], Scripted(torch.tensor(theta), train=number[None]))
    (recording,) = simulate(network, image(1, 1, 6, 5).float(), [1])
    assert found == theta * recording.layers[-1].synops
