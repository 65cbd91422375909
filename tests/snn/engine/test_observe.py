"""Whoever observes a simulation hears every step of every site, and changes nothing."""

import pytest
import torch

from spikebench.snn import IF, Burst, Firing, ReuseAfterwards, SignedIF, simulate
from tests.snn.nets import chain, dncnn, espcn, image, spiking

T = 5


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("neuron", [IF, Burst, SignedIF])
@pytest.mark.parametrize("build", [dncnn, espcn])
def test_observing_changes_no_bit_and_no_count(build, neuron, dtype):
    network, picture = spiking(build(), neuron, theta=0.125, dtype=dtype), image(6, 5, dtype=dtype)
    (alone,) = simulate(network, picture, [T])
    (observed,) = simulate(network, picture, [T], lambda firing: None)
    assert torch.equal(alone.output, observed.output)
    assert (alone.layers, alone.state_ops) == (observed.layers, observed.state_ops)


@pytest.fixture
def heard() -> list[Firing]:
    network, found = spiking(chain(), SignedIF, theta=0.25), []

    def hear(firing: Firing) -> None:
        found.append((firing, firing.state["v"].clone()))

    list(simulate(network, image(6, 5), [2, T], hear))
    return found


def test_every_step_of_every_site_is_heard_in_order(heard):
    times = [(firing.site, firing.step.time) for firing, _ in heard]
    sites = list(dict.fromkeys(site for site, _ in times))
    assert times == [(site, time) for time in range(1, T + 1) for site in sites]


def test_what_is_heard_is_the_charge_of_each_step(heard):
    for firing, after in heard:
        sent = firing.number * firing.neuron.theta
        torch.testing.assert_close(firing.values, sent)
        torch.testing.assert_close(firing.before + firing.current - sent, after)


def test_a_phase_on_a_copy_is_heard_too():
    network, phases = spiking(chain(), theta=0.25), []
    network.protocol = ReuseAfterwards()
    list(simulate(network, image(6, 5), [2], lambda firing: phases.append(firing.step.phase)))
    assert phases == ["regular"] * 4 + ["reuse"] * 2
