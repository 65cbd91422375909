"""Laws that every neuron keeps, for any input: exact, in integer multiples of 1/16 (float64).

The oracles compute with Python integers. z are currents, v0 is the initial potential.
"""

from fractions import Fraction

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor

from spikebench.snn import IF, Burst, MultiThreshold, Neuron, Relay, SignedIF, Step

UNIT = 2.0**-4
currents = st.integers(-64, 64)
trains = st.lists(currents, min_size=1, max_size=12)
thresholds = st.integers(1, 40)
shares = st.fractions(0, Fraction(15, 16), max_denominator=16)  # of the threshold, for v0

SOFT = {
    "if": IF,
    "burst": lambda theta, v0: Burst(theta, v0, cap=3),
    "signed": SignedIF,
    "relay": Relay,
    "multi": lambda theta, v0: MultiThreshold(theta, v0, levels=3),
}


def real(units: int) -> Tensor:
    return torch.tensor(units * UNIT, dtype=torch.float64)


def run(neuron: Neuron, train: list[int]) -> tuple[list[float], float]:
    """Return the spike numbers of every step and the final potential in units of 1/16."""
    state = neuron.start(real(0)[None])
    found = [neuron.step(state, real(z)[None], Step(t))[1] for t, z in enumerate(train, 1)]
    return [float(number) for number in found], state["v"].item() / UNIT


def clip(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))


@given(currents, thresholds, shares, st.integers(1, 12))
def test_i1_a_constant_current_gives_the_quantised_activation_at_every_prefix(z, theta, share, t):
    v0 = int(share * theta)
    found, _ = run(IF(real(theta), real(v0)), [z] * t)
    expected = [clip((k * z + v0) // theta, 0, k) for k in range(1, t + 1)]
    assert [sum(found[:k]) for k in range(1, t + 1)] == expected


@given(currents, thresholds, shares, st.integers(1, 8), st.integers(1, 6))
def test_i1_a_burst_neuron_clips_at_its_cap_times_t(z, theta, share, t, cap):
    v0 = int(share * theta)
    found, _ = run(Burst(real(theta), real(v0), cap=cap), [z] * t)
    assert sum(found) == clip((t * z + v0) // theta, 0, cap * t)


@given(st.integers(1, 64), thresholds, st.integers(1, 12))
def test_i1_a_hard_reset_needs_whole_steps_for_every_spike(z, theta, t):
    found, _ = run(IF(real(theta), hard_reset=True), [z] * t)
    assert sum(found) == t // -(-theta // z)


@pytest.mark.parametrize("kind", SOFT)
@given(train=trains, theta=thresholds, share=shares)
def test_i2_charge_is_conserved_for_any_input(kind, train, theta, share):
    v0 = int(share * theta)
    found, v = run(SOFT[kind](real(theta), real(v0)), train)
    assert sum(train) == theta * sum(found) + v - v0


@given(st.data(), thresholds, shares)
def test_i3_currents_between_zero_and_the_threshold_give_the_floor_in_any_order(data, theta, share):
    v0 = int(share * theta)
    train = data.draw(st.lists(st.integers(0, theta), min_size=1, max_size=12))
    found, v = run(IF(real(theta), real(v0)), data.draw(st.permutations(train)))
    assert 0 <= v < theta
    assert sum(found) == (sum(train) + v0) // theta


@pytest.mark.parametrize("twice_share", [0, 1])
@given(data=st.data(), half=st.integers(1, 20))
def test_i4_the_rate_errs_by_less_than_a_step_and_by_half_of_it_from_half_a_threshold(
    twice_share, data, half
):
    theta, v0 = 2 * half, twice_share * half
    train = data.draw(st.lists(st.integers(0, theta), min_size=1, max_size=12))
    found, _ = run(IF(real(theta), real(v0)), train)
    steps = len(train)
    error = Fraction(int(sum(found)), steps) - Fraction(sum(train), theta * steps)
    low, high = ((-1, 0), (Fraction(-1, 2), Fraction(1, 2)))[twice_share]
    assert low < error * steps <= high


@given(st.floats(-2, 3), st.floats(0.1, 4), st.integers(1, 32))
def test_i5_half_a_threshold_at_the_start_gives_qcfs_with_t_levels(x, scale, levels):
    """Bu et al., ICLR 2022: lambda * clip(floor(x L / lambda + 1/2) / L, 0, 1)."""
    position = x * levels / scale + 0.5
    assume(abs(position - round(position)) > 1e-9)  # a tie is decided by rounding
    theta = torch.tensor([scale], dtype=torch.float64)
    neuron, z = IF(theta, theta / 2), torch.tensor([x], dtype=torch.float64)
    state = neuron.start(z)
    sent = sum(neuron.step(state, z, Step(t))[0] for t in range(1, levels + 1))
    expected = scale * clip(int(position // 1), 0, levels) / levels
    assert sent.item() / levels == pytest.approx(expected, abs=1e-12)


@given(trains, st.integers(1, 6), st.integers(1, 10))
def test_i9_a_group_of_m_neurons_is_a_burst_neuron(train, members, half):
    """Lyu et al., ICASSP 2024: member k fires at k theta/m, each spike carries theta/m."""
    part = 2 * half
    group, v = [], half
    for z in train:
        v += z
        fired = sum(v >= k * part for k in range(1, members + 1))
        v -= fired * part
        group.append(fired)
    assert run(Burst(real(part), real(half), cap=members), train) == (group, v)


@given(currents, thresholds, shares, st.sampled_from([1, 2, 4, 8]))
def test_i9_one_step_of_a_burst_neuron_is_t_steps_of_an_if_on_even_input(z, theta, share, t):
    v0 = int(share * theta)
    once, _ = run(Burst(real(theta) / t, real(v0) / t, cap=t), [z])
    assert once[0] == sum(run(IF(real(theta), real(v0)), [z] * t)[0])


@settings(max_examples=40)
@given(st.data(), trains, st.integers(2, 20))
def test_i10_signed_spikes_settle_at_the_rounded_sum_in_any_order(data, train, half):
    silence = [0] * (64 * 12 // (2 * half) + 13)
    order = data.draw(st.permutations(train))
    found, _ = run(SignedIF(real(2 * half), real(half)), [*order, *silence])
    assert sum(found) == max((sum(train) + half) // (2 * half), 0)


@pytest.mark.parametrize("kind", ["signed", "multi"])
@given(train=trains, theta=thresholds, share=shares)
def test_i10_the_transmitted_sum_is_never_negative(kind, train, theta, share):
    found, _ = run(SOFT[kind](real(theta), real(int(share * theta))), train)
    assert min(sum(found[: k + 1]) for k in range(len(found))) >= 0


@settings(max_examples=40)
@given(trains, st.integers(2, 20))
def test_i10_a_relay_settles_within_half_a_threshold_of_the_sum(train, half):
    silence = [0] * (64 * 12 // (2 * half) + 1)
    found, _ = run(Relay(real(2 * half)), train + silence)
    assert abs(sum(train) - 2 * half * sum(found)) <= half


@pytest.mark.parametrize("kind", SOFT)
@given(theta=thresholds, steps=st.integers(1, 12))
def test_i13_silence_stays_silence(kind, theta, steps):
    assert run(SOFT[kind](real(theta), real(0)), [0] * steps) == ([0] * steps, 0)


@pytest.mark.parametrize("kind", SOFT)
@given(train=trains, theta=thresholds, share=shares, factor=st.sampled_from([2, 8, 64]))
def test_i13_scaling_currents_and_thresholds_together_changes_no_spike(
    kind, train, theta, share, factor
):
    v0 = int(share * theta)
    found, _ = run(SOFT[kind](real(theta), real(v0)), train)
    scaled, _ = run(
        SOFT[kind](real(theta * factor), real(v0 * factor)), [z * factor for z in train]
    )
    assert scaled == found
