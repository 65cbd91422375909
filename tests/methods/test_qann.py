"""The quantised ANN says how wide its activations are: as many bits as their values need."""

import math
from pathlib import Path

import pytest

from spikebench.conformance.brief import brief_state
from spikebench.conformance.nets import build, patches, picture
from spikebench.snn import load_method, simulate
from spikebench.snn.model.tuned import TunedState

FILE = Path("methods/qann.py")


def bits(net: str, steps: int, state: TunedState | None = None, **options) -> list[int | None]:
    """Return the bits of each layer of a network of the check."""
    method = load_method(FILE, options)
    network = method.apply(build(net), patches(), (steps,), state=state)
    (found,) = simulate(network, picture(), [steps])
    return [layer.bits for layer in found.layers]


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 7, 8, 32])
@pytest.mark.parametrize("threshold", ["percentile", "mse"])
def test_the_bits_tell_apart_the_outcomes_of_t_steps(steps, threshold):
    first, *others = bits("plain", steps, threshold=threshold)
    assert first is None  # it reads the image
    assert set(others) == {math.ceil(math.log2(steps + 1))}


@pytest.mark.parametrize(("recipe", "width"), [("fast_snn_2", 2), ("fast_snn_4", 4)])
def test_a_trained_one_has_the_bits_of_its_recipe_at_every_t(recipe, width):
    state = brief_state(build("plain"), recipe)
    for steps in (1, 5):
        assert set(bits("plain", steps, state, tuned=recipe)[1:]) == {width}


def test_a_relay_has_a_bit_more_for_the_sign():
    assert set(bits("residual", 4)) == {None, 3, 4}


def test_networks_that_spike_have_no_bits():
    network = load_method(Path("methods/burst.py")).apply(build("plain"), patches(), (2,))
    (found,) = simulate(network, picture(), [2])
    assert {layer.bits for layer in found.layers} == {None}
