"""A staggered start: which steps each layer takes, and what that makes of a network."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import nn

from spikebench.errors import BenchError
from spikebench.snn import IF, Staggered, simulate
from spikebench.snn.model.staggered import StaggeredStep
from spikebench.snn.model.step import REGULAR, REUSE, SILENT, WAITING
from tests.snn.model.test_protocols import Listener
from tests.snn.nets import Net, chain, conv, image, spiking

THETA = 0.125


def staggered(module: nn.Module, delay: int, afterwards: int = 0):
    network = spiking(module, IF, theta=THETA)
    return replace(network, protocol=Staggered(delay=delay, afterwards=afterwards))


def residual(*, bias: bool = True) -> nn.Module:
    """Two branches of one and of no layer that meet before the last neurons."""
    return Net(
        lambda net, x: net.c(net.act((a := net.act(net.a(x))) + net.b(net.act(net.d(a))))),
        a=conv(1, 3, bias=bias),
        d=conv(3, 3, bias=bias),
        b=conv(3, 3, bias=bias),
        c=conv(3, 1, bias=bias),
        act=nn.ReLU(),
    )


@pytest.mark.parametrize("layers", [0, 1, 3])
def test_a_layer_waits_fires_reuses_and_is_silent_in_turn(layers):
    found = [
        StaggeredStep(time, delay=2, afterwards=3, timesteps=4).at(layers).phase
        for time in range(1, 9 + 2 * layers)
    ]
    assert found == [WAITING] * 2 * layers + [REGULAR] * 4 + [REUSE] * 3 + [SILENT]


def test_image_and_biases_come_in_regular_steps_alone_and_reuse_knows_t():
    for time in range(1, 12):
        step = StaggeredStep(time, delay=2, afterwards=3, timesteps=4).at(1)
        regular = step.phase == REGULAR
        assert (step.image, step.bias, step.read) == (regular, regular, True)
        assert step.time == time - 2
        assert step.timesteps == (4 if step.phase in (REUSE, SILENT) else 0)


def test_each_t_of_a_grid_ends_in_a_copy_while_the_run_goes_on():
    class Layered(Listener):
        layers = 3

        def step(self, step):
            self.steps.append((step.time, step.timesteps))

        def fork(self):
            return Layered(self.steps)

    listener = Layered()
    found = list(Staggered(delay=2, afterwards=1).run(listener, [1, 3]))
    going = [(time, 0) for time in (1, 2, 3)]
    assert listener.steps == going
    assert found == [
        (t, (*going[:t], *((time, t) for time in range(t + 1, t + 6)))) for t in (1, 3)
    ]


def test_without_delay_and_reuse_it_is_direct_coding():
    network, picture = spiking(residual(), IF, theta=THETA), image(6, 5)
    plain = list(simulate(network, picture, [1, 4]))
    network.protocol = Staggered(delay=0, afterwards=0)
    for one, other in zip(plain, simulate(network, picture, [1, 4]), strict=True):
        assert torch.equal(one.output, other.output)
        assert one.layers == other.layers
        assert (one.latency_steps, one.state_ops) == (other.latency_steps, other.state_ops)


def by_hand(module: nn.Module, picture: torch.Tensor, timesteps: int, delay: int):
    """Run conv, ReLU, conv, ReLU, conv layer after layer, each with its whole train of input.

    The train of a layer is indexed by the steps of the network; nothing comes outside of it.
    """
    first, second, third = (layer for layer in module if isinstance(layer, nn.Conv2d))
    steps = timesteps + delay
    with torch.no_grad():
        coming = [first(picture) * (time < timesteps) for time in range(steps)]
        one = fire(coming, range(timesteps))
        coming = [
            second(sent) - second.bias.view(1, -1, 1, 1) * (not delay <= time < steps)
            for time, sent in enumerate(one)
        ]
        two = fire(coming, range(delay, steps))
        output = third(sum(two) / timesteps)
    return output, sum(int((train != 0).sum()) for train in (*one, *two))


def fire(coming, firing):
    v, sent = torch.full_like(coming[0], 0.0), []
    for time, current in enumerate(coming):
        if time > max(firing):
            sent.append(torch.zeros_like(v))
            continue
        v = v + current
        spike = THETA * (v >= THETA).double() * (time in firing)
        v = v - spike
        sent.append(spike)
    return sent


@pytest.mark.parametrize("delay", [0, 1, 3, 8])
@pytest.mark.parametrize("timesteps", [1, 5])
def test_a_chain_does_what_it_does_layer_by_layer(timesteps, delay):
    module, picture = chain().double(), image(2, 1, 6, 5)
    (found,) = simulate(staggered(module, delay), picture, [timesteps])
    output, spikes = by_hand(module, picture, timesteps, delay)
    torch.testing.assert_close(found.output, output, atol=1e-12, rtol=0)
    assert found.spikes == spikes > 0
    assert found.latency_steps == timesteps + delay
    assert found.layers[0].macs_streaming == timesteps * found.layers[0].macs_cached


def quantised(module: nn.Module, picture: torch.Tensor, levels: int) -> torch.Tensor:
    """Return what the ANN gives if every ReLU rounds down to a multiple of theta, at most L."""

    class Staircase(nn.Module):
        def forward(self, z):
            return THETA * (levels * z / THETA).floor().clamp(0, levels) / levels

    with torch.no_grad():
        return _replaced(module, Staircase)(picture)


def _replaced(module: nn.Module, activation: type[nn.Module]) -> nn.Module:
    for name, child in module.named_children():
        if isinstance(child, nn.ReLU):
            setattr(module, name, activation())
        else:
            _replaced(child, activation)
    return module


@pytest.mark.parametrize("build", [chain, residual])
def test_a_layer_that_waits_for_all_its_input_gives_the_quantised_network(build):
    """The theorem of waiting codes: T steps say the T levels of the staircase, exactly.

    Biases come while a layer fires, so that it has all its input only where there are none.
    """
    timesteps = 6
    module, picture = build(bias=False).double(), image(2, 1, 6, 5)
    network = staggered(module, delay=timesteps)
    (found,) = simulate(network, picture, [timesteps])
    expected = quantised(module, picture, timesteps)
    torch.testing.assert_close(found.output, expected, atol=1e-9, rtol=0)


def test_every_t_of_a_grid_is_what_it_is_alone():
    network, picture = staggered(residual(), delay=1, afterwards=2), image(6, 5)
    for recording in simulate(network, picture, [1, 2, 5]):
        (alone,) = simulate(network, picture, [recording.timesteps])
        assert torch.equal(recording.output, alone.output)
        assert recording.layers == alone.layers
        assert recording.latency_steps == recording.timesteps + 2 + 2  # three layers


def test_an_image_in_bands_is_the_image_whole():
    network, picture = staggered(chain(), delay=2, afterwards=1), image(24, 6)
    (whole,) = simulate(network, picture, [4])
    (banded,) = simulate(network, picture, [4], budget=6000)
    torch.testing.assert_close(banded.output, whole.output, atol=1e-12, rtol=0)
    assert banded.spikes == whole.spikes
    assert banded.layers == whole.layers
    assert banded.state_ops == whole.state_ops


def test_waiting_costs_one_operation_a_neuron_and_silence_none():
    picture = image(6, 5)
    states = [
        next(simulate(staggered(chain(), delay), picture, [4])).state_ops for delay in (0, 1, 2)
    ]
    waiting = 4 * 30  # of the second layer's neurons
    assert [after - before for before, after in pairwise(states)] == [waiting] * 2


def test_a_neuron_with_a_step_of_its_own_says_that_it_cannot_wait():
    class Own(IF):
        integrator = "own"

    neuron = Own(torch.tensor(1.0))
    with pytest.raises(BenchError, match="Own has a step of its own and cannot wait"):
        neuron.wait(neuron.start(torch.zeros(1)), torch.zeros(1))
