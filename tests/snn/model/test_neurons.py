"""What each neuron does in single steps; what holds for all of them is in invariants."""

import pytest
import torch

from spikebench.errors import BenchError
from spikebench.snn import IF, Burst, MultiThreshold, Relay, SignedIF, Step

ONE = torch.tensor(1.0)


def numbers(neuron, *currents: float) -> list[float]:
    """Return the spike numbers of one neuron for a sequence of currents."""
    state = neuron.start(torch.zeros(1))
    found = [neuron.step(state, torch.tensor([z]), Step(t))[1] for t, z in enumerate(currents, 1)]
    return [number.item() for number in found]


def test_if_fires_where_the_potential_is_exactly_the_threshold():
    assert numbers(IF(ONE), 1.0, 0.5, 0.5, 0.25) == [True, False, True, False]


def test_if_fires_once_a_step_and_keeps_the_surplus():
    assert numbers(IF(ONE), 3.0, 0.0, 0.0, 0.0) == [True, True, True, False]


def test_hard_reset_loses_the_surplus():
    assert numbers(IF(ONE, hard_reset=True), 3.0, 0.0, 0.75, 0.25) == [True, False, False, True]


def test_burst_sends_as_many_spikes_as_fit_up_to_its_cap():
    assert numbers(Burst(ONE, cap=3), 2.5, 0.5, 4.5, 0.0, -2.0) == [2, 1, 3, 1, 0]


def test_signed_if_takes_back_only_what_it_has_sent():
    assert numbers(SignedIF(ONE), -1.0, 2.0, -1.5, -2.0, 0.0) == [0, 1, -1, 0, 0]


def test_relay_rounds_to_the_nearest_multiple_of_either_sign():
    assert numbers(Relay(ONE), 0.5, 0.25, -0.5, -0.5, 0.25) == [1, 0, -1, 0, 0]


def test_relay_comes_to_rest_on_a_tie():
    assert numbers(Relay(ONE), 0.5, 0.0, 0.0, 0.0) == [1, 0, 0, 0]


def test_multi_threshold_sends_the_nearest_level():
    """Levels 1, 1/2, 1/4: the smallest fires from 3/16, a level L from 3 L / 4."""
    neuron = MultiThreshold(ONE, levels=3)
    for potential, level in [(0.17, 0), (0.1875, 0.25), (0.375, 0.5), (0.75, 1.0), (9.0, 1.0)]:
        assert numbers(neuron, potential) == [level]


def test_multi_threshold_takes_back_no_level_above_what_it_has_sent():
    """1/4 is sent and -1 would fit: only -1/4 may leave."""
    assert numbers(MultiThreshold(ONE, levels=3), 0.25, -1.0, -1.0) == [0.25, -0.25, 0.0]


def test_a_spike_carries_the_threshold_of_its_channel():
    neuron = IF(torch.tensor([0.5, 2.0]).view(1, 2, 1, 1), initial=0.25)
    current = torch.full((1, 2, 1, 1), 2.0)
    spikes, _ = neuron.step(neuron.start(current), current, Step(1))
    assert spikes.flatten().tolist() == [0.5, 2.0]


def test_the_current_is_not_written_to_unless_it_is_given_as_memory():
    current = torch.full((3,), 1.5)
    neuron = IF(ONE)
    neuron.step(neuron.start(current), current, Step(1))
    assert current.tolist() == [1.5] * 3
    spikes, _ = neuron.step(neuron.start(current), current, Step(1), out=current)
    assert spikes is current
    assert current.tolist() == [1.0] * 3


@pytest.mark.parametrize("cap", [0, -1, 128])
def test_a_cap_that_cannot_be_counted_is_refused(cap):
    with pytest.raises(BenchError, match=rf"cap of {cap}.*1 to 127"):
        Burst(ONE, cap=cap)
