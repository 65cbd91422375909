"""Rates against the simulated network."""

import torch

from spikebench.snn import Network, Relay, simulate
from spikebench.snn.graph.forward import run
from spikebench.snn.toolbox.greedy import FourLevels
from spikebench.training.finetune.activations.rate import Rate
from tests.snn.nets import chain, dncnn, image
from tests.training.finetune.one_site import THETA, tunable


def test_a_rate_is_what_the_simulated_network_sends():
    module, steps = dncnn().eval(), 3
    network, picture = tunable(module), image(1, 1, 6, 5).float()
    activation = Rate(kind="rate", timesteps=(steps,))
    output, spikes = network(picture, activation.sender(network, picture, steps))
    spiking = Network.of(module)
    for site in spiking.graph.sites:
        kind = Relay if site.role == "relay" else FourLevels
        spiking.place(site, kind(torch.full((1, 1, 1, 1), THETA)))
    recording = next(simulate(spiking, picture, [steps]))
    torch.testing.assert_close(output.detach(), recording.output)
    assert sum(float(s.sum()) for s in spikes.values()) == recording.spikes


def test_the_gradient_of_a_rate_passes_where_the_currents_are_positive():
    network = tunable(chain())
    picture = image(1, 1, 6, 5).float()
    send = Rate(kind="rate", timesteps=(2,)).sender(network, picture, 2)
    site = network.graph[network.graph.sites[0].name]
    heard = []
    run(network.graph, picture, lambda s, z: heard.append((s, z)) or z.relu())
    z = heard[0][1].detach().requires_grad_()
    send(site, z).value.sum().backward()
    torch.testing.assert_close(z.grad, (z > 0).float())
