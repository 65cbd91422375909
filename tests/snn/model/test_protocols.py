"""Which passes a protocol makes, and what they see."""

from dataclasses import dataclass

import pytest
import torch

from spikebench.snn import IF, Protocol, ReuseAfterwards, Step, simulate
from tests.snn.nets import chain, image, spiking


class Listener:
    """Stands for a simulation and writes down its steps."""

    def __init__(self, steps=()):
        self.steps = list(steps)

    def step(self, step):
        self.steps.append((step.time, step.image, step.bias, step.phase))

    def advance(self, steps):
        for step in steps:
            self.step(step)

    def fork(self):
        return Listener(self.steps)

    def record(self, timesteps):
        return timesteps, tuple(self.steps)


REGULAR = [(time, True, True, "regular") for time in range(1, 6)]


@pytest.mark.parametrize("grid", [[1], [2, 5], [1, 3, 4]])
def test_direct_coding_presents_the_image_at_every_step_up_to_the_largest_t(grid):
    listener = Listener()
    found = list(Protocol().run(listener, grid))
    assert found == [(t, tuple(REGULAR[:t])) for t in grid]
    assert listener.steps == REGULAR[: max(grid)]


def test_the_reuse_is_one_pass_of_a_copy_without_image_and_biases():
    listener = Listener()
    found = list(ReuseAfterwards().run(listener, [2, 5]))
    assert found == [(t, (*REGULAR[:t], (t + 1, False, False, "reuse"))) for t in (2, 5)]
    assert listener.steps == REGULAR


def test_without_image_and_bias_the_first_layer_fires_only_from_what_its_membranes_hold():
    network = spiking(chain(), IF, theta=0.125)
    plain = next(simulate(network, image(6, 5), [4]))
    network.protocol = ReuseAfterwards()
    reused = next(simulate(network, image(6, 5), [4]))
    more = reused.layers[1].spikes - plain.layers[1].spikes
    assert more == _still_above(network, 0.125) > 0


def _still_above(network, theta: float) -> int:
    """Return how many first-layer neurons hold a whole threshold after four regular steps."""
    module = network.graph.synapses[0].module
    with torch.no_grad():
        z = module(image(6, 5))
    left = 4 * z - theta * (4 * z / theta).floor().clip(0, 4)
    return int((left >= theta).sum())


def test_steps_of_several_kinds_may_be_handed_over_together():
    @dataclass
    class Flicker(Protocol):
        together: bool = True

        def run(self, simulation, grid):
            steps = [Step(t, image=t % 3 > 0, bias=t < 5, read=t > 2) for t in range(1, 9)]
            for some in [steps] if self.together else [[step] for step in steps]:
                simulation.advance(some)
            yield simulation.record(8)

    network, found = spiking(chain(), IF, theta=0.125), []
    for together in (True, False):
        network.protocol = Flicker(together)
        found.append(next(simulate(network, image(6, 5), [8])))
    assert torch.equal(found[0].output, found[1].output)
    assert found[0].layers == found[1].layers
