"""A converted network survives being written and read, and no other file is taken for one."""

import pytest
import torch
from torch import nn

from spikebench.errors import BenchError
from spikebench.io.tensors import save_safetensors
from spikebench.snn import (
    IF,
    Burst,
    DelayedMean,
    Network,
    PixelMap,
    Relay,
    ReuseAfterwards,
    SignedIF,
    simulate,
)
from spikebench.snn.model.serialise import ANYTIME, load_networks, save_networks
from tests.snn.nets import Net, chain, conv, dncnn, espcn, image, spiking


def agree(first: Network, second: Network) -> bool:
    """Tell whether two networks give the same outputs and counts for a picture, to the bit."""
    picture = image(6, 5).float()
    runs = [list(simulate(network, picture, [2, 4])) for network in (first, second)]
    return all(
        torch.equal(mine.output, other.output) and mine.layers == other.layers
        for mine, other in zip(*runs, strict=True)
    )


def residual() -> Net:
    return Net(
        lambda net, x: net.c(net.relu(net.a(x)) + net.b(x)),
        **{"a": conv(1, 2), "b": conv(1, 2), "c": conv(2, 1), "relu": nn.ReLU()},
    )


@pytest.mark.parametrize("build", [chain, dncnn, espcn, residual])
def test_a_network_is_read_as_it_was_written(build, tmp_path):
    module = build()
    network = spiking(module, SignedIF, initial=0.125, dtype=torch.float32)
    save_networks({ANYTIME: network}, tmp_path / "net.safetensors")
    (found,) = load_networks(tmp_path / "net.safetensors", module).values()
    assert agree(network, found)


def test_readout_protocol_pixel_map_and_spiking_output_are_kept(tmp_path):
    module = dncnn()
    network = spiking(module, Burst, cap=2, dtype=torch.float32)
    network.readout, network.protocol = DelayedMean(start=1), ReuseAfterwards()
    network.spiking_output(Relay(torch.tensor(0.25)))
    network.output_map = PixelMap(torch.full((2, 1, 1, 1, 1), 0.5), torch.ones(2, 1), [2, 4])
    save_networks({ANYTIME: network}, tmp_path / "net.safetensors")
    (found,) = load_networks(tmp_path / "net.safetensors", module).values()
    assert (found.readout, found.protocol) == (network.readout, network.protocol)
    assert agree(network, found)


def test_networks_are_kept_by_the_t_they_serve(tmp_path):
    module = chain()
    networks = {t: spiking(module, theta=1 / t, dtype=torch.float32) for t in (2, 4)}
    save_networks(networks, tmp_path / "net.safetensors")
    found = load_networks(tmp_path / "net.safetensors", module)
    assert list(found) == [2, 4]
    assert all(agree(networks[t], found[t]) for t in (2, 4))
    assert not agree(found[2], found[4])


def test_changed_weights_win_over_those_of_the_backbone(tmp_path):
    module = chain()
    network = spiking(module, dtype=torch.float32)
    network.graph.synapses[0].module.weight.data += 1.0
    save_networks({ANYTIME: network}, tmp_path / "net.safetensors")
    (found,) = load_networks(tmp_path / "net.safetensors", module).values()
    assert agree(network, found)
    assert not agree(spiking(module, dtype=torch.float32), found)


def test_sites_may_share_one_threshold(tmp_path):
    module, theta = chain(), torch.tensor(0.25)
    network = Network.of(module)
    for site in network.sites:
        network.place(site, IF(theta))
    save_networks({ANYTIME: network}, tmp_path / "net.safetensors")
    (found,) = load_networks(tmp_path / "net.safetensors", module).values()
    assert agree(network, found)


def test_calls_may_share_one_synapse(tmp_path):
    module = Net(
        lambda net, x: net.a(net.relu(net.a(net.relu(net.a(x))))), a=conv(), relu=nn.ReLU()
    )
    network = spiking(module, dtype=torch.float32)
    save_networks({ANYTIME: network}, tmp_path / "net.safetensors")
    (found,) = load_networks(tmp_path / "net.safetensors", module).values()
    assert agree(network, found)


def test_the_same_network_gives_the_same_bytes(tmp_path):
    files = [tmp_path / "first", tmp_path / "second"]
    for file in files:
        torch.manual_seed(0)
        save_networks({ANYTIME: spiking(chain(), dtype=torch.float32)}, file)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_another_backbone_is_refused(tmp_path):
    file = tmp_path / "net.safetensors"
    save_networks({ANYTIME: spiking(chain(), dtype=torch.float32)}, file)
    wider = nn.Sequential(conv(1, 5), nn.ReLU(), conv(5, 4), nn.ReLU(), conv(4, 1))
    with pytest.raises(BenchError, match=r"(?s)does not fit the backbone.*Convert it again"):
        load_networks(file, wider)


@pytest.mark.parametrize("content", [b"", b"no safetensors at all"])
def test_a_damaged_file_is_refused(content, tmp_path):
    file = tmp_path / "net.safetensors"
    file.write_bytes(content)
    with pytest.raises(BenchError, match=r"net\.safetensors cannot be read.*Delete it"):
        load_networks(file, chain())


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BenchError, match=r"none\.safetensors cannot be read"):
        load_networks(tmp_path / "none.safetensors", chain())


def test_a_file_of_another_format_is_refused(tmp_path):
    save_safetensors(chain().state_dict(), tmp_path / "weights.safetensors")
    with pytest.raises(BenchError, match="is no 'spikebench converted network 2' file"):
        load_networks(tmp_path / "weights.safetensors", chain())
