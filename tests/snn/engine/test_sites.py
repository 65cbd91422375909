"""What sites count is the same when their kernel counts while it fires and when it does not."""

from dataclasses import dataclass, replace

import pytest
import torch
from torch import nn

from spikebench.snn import (
    IF,
    INTEGRATE_AND_FIRE,
    Arguments,
    Network,
    SignedIF,
    Staggered,
    State,
    Step,
    register_kernel,
    simulate,
)
from spikebench.snn.engine import currents
from spikebench.snn.engine import tiling as bands
from spikebench.snn.engine.currents import Current, Synapses
from spikebench.snn.kernels import convolve, library
from spikebench.snn.kernels.census import Census
from spikebench.snn.model.neurons import Burst
from spikebench.spike_kinds import SpikeKind
from tests.snn.nets import Net, conv, image, spiking

pytestmark = pytest.mark.skipif(not library.available(), reason="the kernels were not compiled")

T = 7


def chain() -> nn.Module:
    layers = [conv(1, 8), nn.ReLU(), conv(8, 16), nn.ReLU(), conv(16, 8), nn.ReLU(), conv(8, 1)]
    return nn.Sequential(*layers)


def skip() -> nn.Module:
    def compute(net: Net, value: torch.Tensor) -> torch.Tensor:
        first = net.a(value).relu()
        return net.c(torch.cat([first, net.b(first).relu()], dim=1))

    return Net(compute, a=conv(1, 8), b=conv(8, 8), c=conv(16, 1))


@pytest.fixture
def censuses(monkeypatch):
    """Take events whatever their share, and return a list that grows with each census taken."""
    taken, join = [], convolve.joined
    monkeypatch.setattr(currents, "DENSEST", 1.0)
    monkeypatch.setattr(convolve, "joined", lambda parts: taken.append(parts) or join(parts))
    return taken


def run(network: Network, monkeypatch, *, while_firing: bool) -> list:
    with monkeypatch.context() as patch:
        if not while_firing:
            patch.setattr(Census, "fits", False)
        return list(simulate(network, image(1, 1, 24, 9).float(), [2, T]))


@pytest.mark.parametrize("in_bands", [False, True])
@pytest.mark.parametrize("neuron", [IF, SignedIF, Burst])
@pytest.mark.parametrize("build", [chain, skip])
def test_counts_taken_while_firing_are_those_of_the_numbers(
    build, neuron, in_bands, censuses, monkeypatch
):
    if in_bands:
        monkeypatch.setattr(bands, "ALWAYS_WHOLE", 0)
        monkeypatch.setattr(bands, "BUDGET", 1)
    torch.manual_seed(3)
    network = spiking(build(), neuron, theta=0.1, dtype=torch.float32)
    found = run(network, monkeypatch, while_firing=True)
    assert censuses
    censuses.clear()
    expected = run(network, monkeypatch, while_firing=False)
    assert not censuses
    for one, other in zip(found, expected, strict=True):
        assert one.layers == other.layers
        assert (one.spikes, one.state_ops) == (other.spikes, other.state_ops)
        assert torch.equal(one.output, other.output)
    assert found[-1].spikes > 0


def test_neurons_whose_threshold_has_changed_are_not_counted_while_they_fire(censuses):
    @dataclass(frozen=True)
    class Fading(IF):
        pass

    def fade(neuron: Fading, state: State, step: Step) -> Arguments:
        if step.time == T:  # the first steps of all are counted afterwards anyway
            neuron.theta.mul_(0.9)
        return Arguments(constants=(0.0,))

    register_kernel(Fading, INTEGRATE_AND_FIRE, fade)
    network = spiking(chain(), IF, theta=0.1, dtype=torch.float32)
    fading = network.sites[1]
    network.place(fading, Fading(torch.tensor(0.1)))
    (found,) = simulate(network, image(1, 1, 12, 9).float(), [T])
    reader = network.graph.users[fading.name][0]
    kinds = {layer.layer: layer.input_kind for layer in found.layers}
    assert kinds[reader] is SpikeKind.ANALOGUE


@dataclass(frozen=True)
class Ticking(IF):
    """Worth half a threshold at every second step."""

    def weight(self, step):
        return 1.0 if step.time % 2 else 0.5


def test_spikes_are_timed_once_a_step_gave_them_another_worth():
    found = simulate(spiking(chain(), Ticking), image(1, 1, 24, 9), [1, 2])
    assert [recording.spike_kind for recording in found] == [SpikeKind.BINARY, SpikeKind.TIMED]


def test_a_layer_that_waits_and_hears_nothing_computes_no_current(monkeypatch):
    network = replace(
        spiking(chain(), IF, theta=0.1, dtype=torch.float32), protocol=Staggered(delay=2)
    )
    computed, settled = [], Synapses.settled

    def settle(self, coming, counters):
        computed.append(coming)
        return settled(self, coming, counters)

    def simulated() -> tuple[list, int]:
        computed.clear()
        return list(simulate(network, image(1, 1, 24, 9).float(), [1, T])), len(computed)

    monkeypatch.setattr(Synapses, "settled", settle)
    found, few = simulated()
    monkeypatch.setattr(Current, "is_zero", False)
    expected, many = simulated()
    assert few < many
    for one, other in zip(found, expected, strict=True):
        assert torch.equal(one.output, other.output)
        assert one.layers == other.layers
        assert (one.spikes, one.state_ops) == (other.spikes, other.state_ops)
