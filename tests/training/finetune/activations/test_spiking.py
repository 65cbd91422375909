"""The network in time against the simulated network of method `qcfs`."""

from pathlib import Path

import pytest
import torch

from spikebench.conformance.brief import brief_state
from spikebench.conformance.nets import NETS, build, patches, picture
from spikebench.snn import IF, Network, Relay, load_method, simulate
from spikebench.snn.model.recording import Recording
from spikebench.training.finetune.activations.spiking import Spiking
from spikebench.training.finetune.network import Tunable
from tests.snn.nets import Net, conv, image
from tests.training.finetune.one_site import THETA, tunable

TIMES = (1, 2, 5, 16)


def run(network: Tunable, picture: torch.Tensor, timesteps: int):
    """Return output and spikes as a training sees them."""
    return network(picture, Spiking(timesteps=timesteps).sender(network, picture, timesteps))


def same(network: Tunable, picture: torch.Tensor, recording: Recording) -> None:
    output, spikes = run(network, picture, recording.timesteps)
    assert output.requires_grad
    torch.testing.assert_close(output.detach(), recording.output)
    assert sum(float(s.detach().sum()) for s in spikes.values()) == recording.spikes
    with torch.no_grad():
        alone, _ = run(network, picture, recording.timesteps)
    torch.testing.assert_close(alone, output)


@pytest.mark.parametrize("net", NETS)
def test_it_is_the_simulated_network_of_qcfs(net):
    state = brief_state(build(net), "qcfs_8")
    method = load_method(Path("methods/qcfs.py"))
    spiking = method.apply(build(net), patches(), TIMES, state=state)
    network = Tunable(spiking.graph, state.thresholds)
    for recording in simulate(spiking, picture(), TIMES):
        same(network, picture(), recording)


def test_a_gate_hears_the_mean_over_all_steps():
    module = Net(
        lambda net, x: net.c((y := torch.relu(net.a(x))) * torch.sigmoid(net.b(y)) + y),
        a=conv(1, 4),
        b=conv(4, 4),
        c=conv(4),
    )
    spiking, picture = Network.of(module), image(2, 1, 6, 5).float()
    theta = torch.full((1, 1, 1, 1), THETA)
    for site in spiking.graph.sites:
        relay = site.role == "relay"
        spiking.place(site, Relay(theta) if relay else IF(theta, initial=theta / 2))
    for recording in simulate(spiking, picture, TIMES):
        same(tunable(module), picture, recording)


def test_gradients_reach_every_weight_and_threshold():
    network, picture = tunable(build("residual")), image(1, 1, 6, 5).float()
    output, _ = run(network, picture, 4)
    output.square().sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None and parameter.grad.any(), name
