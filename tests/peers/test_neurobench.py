"""NeuroBench's effective operations beside ours, on whole networks and on single layers."""

import pytest
import torch
from torch import Tensor, nn

from spikebench.snn import Network, simulate
from spikebench.snn.engine.ann_counts import count_ann
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.synapse import dense_macs, fan_out
from tests.snn.nets import Scripted, chain, conv, image

pytest.importorskip("neurobench", reason="NeuroBench is an optional peer")

from neurobench.metrics.utils.layers import single_layer_MACs
from neurobench.metrics.workload import SynapticOperations
from neurobench.models import TorchModel

SYNAPSES = {
    "padded": nn.Conv2d(4, 6, 3, padding=1),
    "strided": nn.Conv2d(4, 2, 3, stride=2, padding=1),
    "dilated": nn.Conv2d(4, 2, 3, padding=2, dilation=2),
    "grouped": nn.Conv2d(4, 6, 3, padding=1, groups=2),
}


def theirs(module: nn.Module, value: Tensor) -> dict[str, float]:
    """Return its Effective_MACs, Effective_ACs and Dense for one forward pass."""
    model, metric = TorchModel(module), SynapticOperations()
    model.register_hooks()
    with torch.no_grad():
        return metric(model, model(value), (value, None))


def ours(module: nn.Module, train: Tensor) -> int:
    """Return the SynOps of a synapse behind spikes of one step, from a simulation."""
    network = Network.of(nn.Sequential(conv(1, 4), nn.ReLU(), module))
    network.place(network.sites[0], Scripted(torch.tensor(0.5), train=train[None]))
    (recording,) = simulate(network, image(1, 1, 6, 5).float(), [1])
    return recording.layers[-1].synops


def spikes() -> Tensor:
    return (image(1, 4, 6, 5) < 0.4).float()


def test_effective_macs_of_an_ann_are_ours():
    """Its Dense leaves out the zeros of padding, which fvcore's MACs have."""
    module, picture = chain().eval(), image(6, 5).float()
    picture[..., :2] = 0.0
    _, counts = count_ann(compile_graph(module), picture)
    found = theirs(module, picture)
    assert found["Effective_MACs"] == counts.macs_effective
    assert found["Effective_ACs"] == 0
    dense = sum(layer.macs_dense for layer in counts.layers.values())
    inside = sum(
        layer.in_channels * int(fan_out(layer, (1, layer.in_channels, 6, 5)).sum())
        for layer in module
        if isinstance(layer, nn.Conv2d)
    )
    assert found["Dense"] == inside < dense


@pytest.mark.parametrize("name", SYNAPSES)
def test_effective_acs_of_spikes_of_value_1_are_our_synops(name):
    module, value = SYNAPSES[name], spikes()
    operations, spiking = single_layer_MACs(value, module)
    assert spiking
    assert operations == ours(module, value.to(torch.int8))


@pytest.mark.parametrize("factor", [0.5, 3.0])
def test_a_spike_of_value_theta_or_of_several_is_a_mac_to_it(factor):
    """The number of operations is the same; a burst of 3 is one MAC to it and 3 SynOps to us."""
    module, value = SYNAPSES["padded"], spikes()
    operations, spiking = single_layer_MACs(factor * value, module)
    assert not spiking
    assert operations == ours(module, value.to(torch.int8))
    assert ours(module, (3 * value).to(torch.int8)) == 3 * operations


def test_a_transposed_convolution_is_not_seen():
    module, value = nn.ConvTranspose2d(4, 3, 3, stride=2), spikes()
    found = theirs(nn.Sequential(module), value)
    assert found == {"Effective_MACs": 0, "Effective_ACs": 0, "Dense": 0}
    assert ours(module, value.to(torch.int8)) > 0
    assert dense_macs(module, value, module(value)) > 0
