"""A staircase against neurons that fire."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikebench.snn import IF, Network, simulate
from spikebench.training.finetune.activations.staircase import Staircase
from spikebench.training.finetune.network import Tunable
from tests.snn.nets import chain, conv, image
from tests.training.finetune.one_site import THETA, sent, tunable

currents = st.floats(-1, 1, width=32)


@given(currents, st.integers(1, 16))
def test_a_staircase_is_what_an_if_neuron_sends_in_as_many_steps(current, levels):
    value, spikes = sent(Staircase(kind="staircase", levels=(levels,)), current, levels)
    potential, number = THETA / 2, 0
    for _ in range(levels):
        potential += current
        fires = potential >= THETA
        number += fires
        potential -= THETA * fires
    exact = current * levels / THETA + 0.5
    if abs(exact - round(exact)) < 1e-4:  # on an edge both neighbours are right
        assert abs(spikes - number) <= 1
    else:
        assert spikes == number
        assert value == pytest.approx(THETA * number / levels, abs=1e-6)


def test_the_threshold_learns_from_what_is_clipped_and_the_current_does_not():
    network = tunable(torch.nn.Sequential(conv(), torch.nn.ReLU(), conv()))
    (site,) = network.graph.sites
    send = Staircase(kind="staircase", levels=(4,)).sender(network, torch.zeros(1, 1, 2, 2), 4)
    z = torch.full((1, 1, 2, 2), 2 * THETA, requires_grad=True)
    send(network.graph[site.name], z).value.sum().backward()
    assert not z.grad.any()
    assert network.log_thresholds[site.name].grad.item() == pytest.approx(4 * THETA)


def test_an_if_neuron_of_one_step_is_a_staircase_of_one_level():
    network = Network.of(chain())
    picture = image(1, 1, 6, 5).float()
    tuned = tunable(chain())
    for site in network.sites:
        network.place(site, IF(torch.full((1, 1, 1, 1), THETA), initial=THETA / 2))
    tuned = Tunable(network.graph, {s.name: torch.full((1, 1, 1, 1), THETA) for s in network.sites})
    activation = Staircase(kind="staircase", levels=(1,))
    output, _ = tuned(picture, activation.sender(tuned, picture, 1))
    torch.testing.assert_close(output.detach(), next(simulate(network, picture, [1])).output)
