"""Weights of one layer, fitted to what the layers before it send."""

import copy

import pytest
import torch
from torch import nn

from spikebench.snn import IF, Calibration, Network, simulate
from spikebench.snn.calibration.layerwise import mean_output
from spikebench.snn.graph.layer import Layer
from spikebench.snn.model.serialise import load_networks, save_networks
from spikebench.snn.toolbox.weights import calibrate_weights
from tests.snn.nets import Net, chain, conv, image

T = 4


def shared() -> nn.Module:
    """One convolution is called twice, in a residual block."""
    return Net(
        lambda net, x: net.last((net.again(net.again(x).relu()) + x).relu()),
        again=conv(1, 1),
        last=conv(1, 1),
    )


def converted(module: nn.Module, patches, theta=0.5) -> tuple[Network, Calibration]:
    network = Network.of(module)
    network.graph = network.graph.with_own_weights()
    for site in network.sites:
        network.place(site, IF(torch.tensor(theta), shift=torch.tensor(theta / (2 * T))))
    return network, Calibration.of(network, patches)


@pytest.fixture
def patches() -> torch.Tensor:
    return image(6, 1, 6, 6).float()


@pytest.mark.parametrize("build", [chain, shared])
def test_a_layer_computes_the_current_before_its_site(build, patches):
    network, calibration = converted(build(), patches)
    for site in network.sites:
        layer = Layer.before(network.graph, site)
        sent = {s.name: calibration.activation(s) for s in network.sites if s.name in layer.sources}
        torch.testing.assert_close(layer(patches, sent), calibration.inputs[site.name])


def test_the_descent_brings_a_layer_nearer_to_the_ann_and_leaves_the_others(patches):
    network, calibration = converted(chain(), patches, theta=0.25)
    site = network.sites[1]
    network.graph.synapses[1].module.weight.data.mul_(0.25)  # something to mend
    before = copy.deepcopy(network.graph)
    errors = []
    for passes in (0, 60):
        calibrate_weights(network, calibration, site, T, passes=passes, batch=3, rate=5e-3)
        mean = mean_output(network, calibration, site, T)
        errors.append((mean - calibration.activation(site)).square().mean())
    assert errors[1] < 0.4 * errors[0]
    same = [
        torch.equal(old.module.weight, new.module.weight)
        for old, new in zip(before.synapses, network.graph.synapses, strict=True)
    ]
    assert same == [True, False, True]


def test_calls_of_one_module_are_calibrated_apart_and_survive_being_saved(patches, tmp_path):
    module = shared()
    network, calibration = converted(module, patches)
    calibrate_weights(network, calibration, network.sites[1], T, passes=2, batch=6, rate=0.1)
    first, second, _ = (node.module.weight for node in network.graph.synapses)
    assert torch.equal(first, module.again.weight)
    assert not torch.equal(first, second)
    save_networks({T: network}, tmp_path / "net")
    loaded = load_networks(tmp_path / "net", module)[T]
    outputs = [next(simulate(net, patches, [T])).output for net in (network, loaded)]
    assert torch.equal(*outputs)
