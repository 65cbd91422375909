"""A method places neurons; what it may not place, and what it may not leave out."""

import pytest
import torch
from torch import nn

from spikebench.errors import BenchError
from spikebench.snn import IF, Network, PixelMap, Relay, simulate
from tests.impostor import device, lent
from tests.snn.nets import Net, chain, conv, image, spiking


def theta(*values: float, shape: tuple[int, ...] = ()) -> torch.Tensor:
    return torch.tensor(values or (0.5,)).reshape(shape)


def test_a_site_without_neuron_is_named_with_its_place():
    network = Network.of(chain())
    network.place(network.sites[0], IF(theta()))
    with pytest.raises(BenchError, match=r"1 of 2 sites have no neuron: _3 \(module 3 \(ReLU\)\)"):
        network.check_complete()


def test_a_simulation_does_not_start_without_all_neurons():
    with pytest.raises(BenchError, match=r"2 of 2 sites have no neuron.*Call network\.place"):
        next(simulate(Network.of(chain()), image(4, 4), [1]))


def test_a_relay_without_neuron_is_named_as_well():
    network = Network.of(nn.Sequential(conv(1, 2), nn.ReLU(), conv(2, 2), conv(2, 1)))
    network.place(network.sites[0], IF(theta()))
    assert [site.role for site in network.relays] == ["relay"]
    with pytest.raises(BenchError, match=r"_2_relay \(relay behind _2\)"):
        network.check_complete()


def test_the_output_layer_is_the_last_synapse_or_the_spikes_behind_it():
    network = Network.of(chain())
    synapse = network.last_synapse()
    assert network.output_layer == synapse
    assert (
        network.spiking_output(Relay(theta())).name == network.output_layer == f"{synapse}_output"
    )


def test_two_last_synapses_are_no_output_layer():
    layers = {"a": conv(1, 2), "b": conv(2, 1), "c": conv(2, 1)}
    module = Net(lambda net, x: net.b(net.a(x).relu()) + net.c(net.a(x).relu()), **layers)
    assert Network.of(module).output_layer is None


@pytest.mark.parametrize("value", [0.0, -0.5, float("nan"), float("inf")])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_threshold_that_is_not_positive_and_finite_is_refused(value, channels):
    network = Network.of(chain())
    several = theta(value, *[1.0] * (channels - 1), shape=(1, channels, 1, 1))
    with pytest.raises(BenchError, match=r"Site '_1' \(module 1.*must be positive and finite"):
        network.place(network.sites[0], IF(several))


@pytest.mark.parametrize("shape", [(3,), (3, 1, 1), (1, 1, 1, 3), (1, 1, 3, 1), (3, 1, 1, 1)])
def test_a_threshold_that_is_neither_one_nor_one_a_channel_is_refused(shape):
    network = Network.of(chain())
    with pytest.raises(BenchError, match=r"one a channel, shape \(1, C, 1, 1\)"):
        network.place(network.sites[0], IF(theta(1.0, 2.0, 3.0, shape=shape)))


def test_a_site_of_another_network_is_refused():
    network = Network.of(nn.Sequential(conv(1, 2), nn.ReLU(), conv(2, 1)))
    with pytest.raises(BenchError, match=r"Site '_3' is not in this network: its sites are _1"):
        network.place(Network.of(chain()).sites[1], IF(theta()))


def test_a_spiking_output_stands_behind_the_last_synapse_and_before_the_skip():
    network = Network.of(Net(lambda net, x: x - net.body(x), body=chain()))
    last = network.last_synapse()
    site = network.spiking_output(Relay(theta()))
    assert site.name in network.neurons
    assert network.graph[site.name].inputs == (last,)
    assert network.graph[network.graph.output].inputs == ("image", site.name)


def test_a_spiking_output_needs_one_last_synapse():
    def compute(net, x):
        hidden = net.relu(net.a(x))
        return net.b(hidden) + net.c(hidden)

    layers = {"a": conv(1, 2), "b": conv(2, 1), "c": conv(2, 1), "relu": nn.ReLU()}
    with pytest.raises(BenchError, match=r"one last synapse, this network has \['b', 'c'\]"):
        Network.of(Net(compute, **layers)).spiking_output(Relay(theta()))


def mapped() -> Network:
    network = spiking(chain(), dtype=torch.float32)
    network.spiking_output(Relay(theta()))
    network.output_map = PixelMap(torch.ones(1, 1, 1, 1, 1), torch.zeros(1, 1), [1])
    return network


def test_a_change_of_dtype_reaches_weights_constants_thresholds_and_maps():
    (recording,) = simulate(mapped().to(torch.float64), image(4, 4), [1])
    assert recording.output.dtype == torch.float64


def test_a_change_of_device_reaches_them_too():
    with lent():
        network, picture = mapped().to(device()), image(4, 4).float().to(device())
        (recording,) = simulate(network, picture, [1])
    assert recording.output.device == device()


def test_a_change_of_dtype_leaves_the_backbone_alone():
    module = chain()
    Network.of(module).to(torch.float64)
    assert {value.dtype for value in module.state_dict().values()} == {torch.float32}


def test_the_front_of_a_network_keeps_the_neurons_of_its_own_sites_alone():
    network = Network.of(chain())
    first, second, *_ = network.sites
    network.place(first, IF(torch.tensor(0.5)))
    network.place(second, IF(torch.tensor(0.25)))
    front = network.until(first.name)
    assert front.graph.output == first.name
    assert list(front.neurons) == [first.name]
    assert list(network.neurons) == [first.name, second.name]
