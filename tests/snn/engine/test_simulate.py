"""A network in time, against a simulation written as plain loops over torch.nn layers."""

import gc
from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from spikebench.errors import BenchError
from spikebench.snn import (
    IF,
    Burst,
    DelayedMean,
    MultiThreshold,
    ReuseAfterwards,
    SignedIF,
    Step,
    simulate,
)
from spikebench.snn.engine.simulation import Simulation
from tests.snn.nets import Net, chain, conv, dncnn, espcn, image, spiking

THETA = 0.25
GRID = [1, 2, 4, 7]
NEURONS = {
    "if": (IF, {}),
    "hard": (IF, {"hard_reset": True}),
    "burst": (Burst, {"initial": THETA / 2}),
    "signed": (SignedIF, {"initial": THETA / 2}),
    "multi": (MultiThreshold, {}),
}


def plain_loop(module: nn.Sequential, picture: Tensor, steps: int) -> list[Tensor]:
    """Return the mean output after each step of integrate-and-fire neurons with soft reset."""
    potentials, total, means = {}, 0.0, []
    for time in range(1, steps + 1):
        value = picture
        for index, layer in enumerate(module):
            if isinstance(layer, nn.ReLU):
                u = potentials.get(index, torch.zeros_like(value)) + value
                value = torch.where(u >= THETA, THETA, 0.0).double()
                potentials[index] = u - value
            else:
                value = layer(value)
        total = total + value
        means.append(total / time)
    return means


def test_it_agrees_with_a_plain_loop_at_every_step():
    module, picture = chain(), image(2, 1, 6, 5)
    network = spiking(module, theta=THETA)
    with torch.no_grad():
        expected = plain_loop(module.double(), picture, 7)
    recordings = list(simulate(network, picture, range(1, 8)))
    assert sum(recording.spikes for recording in recordings) > 0
    for recording, mean in zip(recordings, expected, strict=True):
        torch.testing.assert_close(recording.output, mean)


@pytest.mark.parametrize("kind", NEURONS)
@pytest.mark.parametrize("protocol", [None, ReuseAfterwards()], ids=["plain", "reuse"])
@pytest.mark.parametrize("build", [dncnn, espcn])
def test_i15_a_prefix_of_a_long_run_is_the_short_run_to_the_bit(kind, protocol, build):
    neuron, options = NEURONS[kind]
    network = spiking(build(), neuron, theta=THETA, **options)
    network.protocol = protocol or network.protocol
    for recording in simulate(network, image(6, 5), GRID):
        (alone,) = simulate(network, image(6, 5), [recording.timesteps])
        assert torch.equal(alone.output, recording.output)
        assert (alone.layers, alone.spikes) == (recording.layers, recording.spikes)
        assert (alone.state_ops, alone.latency_steps) == (
            recording.state_ops,
            recording.latency_steps,
        )


def test_i15_a_batch_is_its_images_one_by_one():
    network, pictures = spiking(espcn(), theta=0.125), image(3, 1, 6, 5)
    (together,) = simulate(network, pictures, [5])
    alone = [next(simulate(network, picture[None], [5])) for picture in pictures]
    torch.testing.assert_close(together.output, torch.cat([one.output for one in alone]))
    assert together.spikes == sum(one.spikes for one in alone) > 0


def test_i15_a_tile_with_a_halo_of_the_receptive_field_is_the_full_image():
    """Three 3x3 convolutions see three pixels around."""
    network, picture = spiking(chain(), theta=0.125), image(14, 12)
    (full,) = simulate(network, picture, [5])
    (tile,) = simulate(network, picture[..., :9, :], [5])
    torch.testing.assert_close(tile.output[..., :6, :], full.output[..., :6, :])
    assert not torch.allclose(tile.output[..., 6:9, :], full.output[..., 6:9, :])


@pytest.mark.parametrize("kind", NEURONS)
def test_i13_silence_in_gives_silence_out_and_costs_no_synops(kind):
    neuron, options = NEURONS[kind]
    network = spiking(chain(bias=False), neuron, theta=THETA, **options)
    (recording,) = simulate(network, torch.zeros(1, 1, 6, 5, dtype=torch.float64), [6])
    assert recording.spikes == sum(layer.synops for layer in recording.layers) == 0
    assert torch.equal(recording.output, torch.zeros_like(recording.output))


def preactivation() -> Net:
    """Return a network whose second current is read by an activation and, later, by a skip."""

    def compute(net: Net, x: Tensor) -> Tensor:
        current = net.b(net.relu(net.a(x)))
        return net.d(net.relu(net.c(net.relu(current)) + current))

    layers = {"a": conv(1, 3), "b": conv(3, 2), "c": conv(2, 2), "d": conv(2, 1)}
    return Net(compute, **layers, relu=nn.ReLU())


@pytest.mark.parametrize("build", [dncnn, espcn, preactivation])
def test_the_error_to_the_ann_falls_as_one_over_t(build):
    """I11: thresholds above every activation, so that nothing is clipped."""
    module, picture = build().double(), image(6, 5)
    network = spiking(module, theta=2.0)
    target = module(picture).detach()
    early, late = simulate(network, picture, [32, 512])
    errors = [(recording.output - target).abs().max() for recording in (early, late)]
    assert 512 * errors[1] < 2 * 32 * errors[0]


@pytest.mark.parametrize("grid", [[0], [-1, 2], [1.5], [2.0, 4.0], [True], ["a", 1], []])
def test_a_grid_that_is_not_of_positive_whole_numbers_is_refused(grid):
    with pytest.raises(BenchError, match="expected positive whole numbers"):
        next(simulate(spiking(chain()), image(4, 4), grid))


def test_the_grid_is_sorted_and_each_t_recorded_once():
    found = simulate(spiking(chain()), image(4, 4), [4, 1, 4, 2])
    assert [recording.timesteps for recording in found] == [1, 2, 4]


def test_a_delayed_readout_averages_the_later_steps():
    """T * mean(1..T) - start * mean(1..start), over T - start."""
    network = spiking(chain(), theta=THETA)
    early, late = simulate(network, image(6, 5), [3, 8])
    network.readout = DelayedMean(start=3)
    (delayed,) = simulate(network, image(6, 5), [8])
    torch.testing.assert_close(delayed.output, (8 * late.output - 3 * early.output) / 5)
    assert delayed.spikes == late.spikes


@pytest.mark.parametrize("protocol", [None, ReuseAfterwards()], ids=["plain", "reuse"])
def test_memory_does_not_grow_with_time(protocol):
    network = spiking(dncnn(), SignedIF, theta=THETA)
    network.protocol = protocol or network.protocol
    live = [_live_tensors() for _ in simulate(network, image(6, 5), [2, 4, 8, 16])]
    assert all(later <= earlier for earlier, later in pairwise(live))


@torch.inference_mode()
def test_a_fork_may_take_several_steps_while_the_original_waits():
    network = spiking(chain(), SignedIF, theta=THETA)
    simulation, straight = (Simulation(network, image(6, 5)) for _ in range(2))
    for time in (1, 2, 3):
        straight.step(Step(time))
    simulation.step(Step(1))
    before = simulation.record(1)
    fork = simulation.fork()
    fork.step(Step(2))
    fork.step(Step(3))
    assert torch.equal(fork.record(3).output, straight.record(3).output)
    assert torch.equal(simulation.record(1).output, before.output)
    simulation.step(Step(2))
    simulation.step(Step(3))
    assert torch.equal(simulation.record(3).output, straight.record(3).output)


def _live_tensors() -> tuple[int, int]:
    """Return how many tensors are alive, and their bytes."""
    gc.collect()
    found = [thing for thing in gc.get_objects() if issubclass(type(thing), Tensor)]
    return len(found), sum(tensor.numel() * tensor.element_size() for tensor in found)


def test_gradients_are_the_callers_affair_between_two_recordings():
    """Two runs, abandoned in the order they were begun, must not leave gradients switched off."""
    first, second = (simulate(spiking(chain()), image(5, 5), [1, 2]) for _ in range(2))
    next(first), next(second)
    assert not torch.is_inference_mode_enabled()
    first.close(), second.close()
    assert not torch.is_inference_mode_enabled()
    assert torch.is_grad_enabled()
