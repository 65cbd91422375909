"""What a neuron does with any train of currents: I2, I3, I4, I10, I13, I17 and I18."""

from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spikebench.snn import IF, SignedIF, Step
from tests.snn.invariants.trains import (
    SOFT,
    UNIT,
    clip,
    placed,
    real,
    run,
    shares,
    thresholds,
    trains,
)

every = pytest.mark.parametrize("kind", SOFT)
few = settings(max_examples=30)
PLACED = {  # neurons as their methods place them, where a calibration finds theta
    "burst": {"initial": 0.25},
    "cos": {},
    "graded_reuse": {"spiking_output": False, "cpm": False, "spread": False},
    "group_neuron": {"members": 4},
    "max_norm": {},
    "multi_threshold": {},
    "percentile_norm": {"initial": 0.5},
    "signed_if": {},
    "snm": {},
    "snn_calibration": {"stage": "threshold"},
    "spiking_unet": {},
    "spikingir": {"spiking_output": False, "cpm": False},
}


@every
@few
@given(train=trains, theta=thresholds, share=shares)
def test_i2_charge_is_conserved(kind, train, theta, share):
    v0, total = int(share * theta), 0.0
    for z, number, v in zip(train, *run(SOFT[kind](real(theta), real(v0)), train), strict=True):
        total += z - theta * number
        assert total == v - v0


@pytest.mark.parametrize("name", PLACED)
@few
@given(train=trains, theta=thresholds)
def test_i2_charge_is_conserved_where_a_method_has_placed_the_neuron(name, train, theta):
    neuron = placed(name, real(8 * theta), 4, **PLACED[name])
    found, v = run(neuron, train)
    unit, v0, shift = (
        float(value) / UNIT for value in (neuron.theta, neuron.initial, neuron.shift)
    )
    assert sum(train) + len(train) * shift == unit * sum(found) + v[-1] - v0


@given(train=trains, theta=thresholds, share=shares)
def test_i2_a_hard_reset_loses_what_is_above_the_threshold(train, theta, share):
    """The reason why it is not among the neurons above."""
    v0 = int(share * theta)
    found, potentials = run(IF(real(theta), real(v0), hard_reset=True), train)
    before = [v0, *potentials[:-1]]
    lost = [(u + z - theta) * n for u, z, n in zip(before, train, found, strict=True)]
    assert min(lost) >= 0
    assert sum(train) - sum(lost) == theta * sum(found) + potentials[-1] - v0


@given(st.data(), thresholds, shares)
def test_i3_currents_between_zero_and_the_threshold_give_the_floor_in_any_order(data, theta, share):
    v0 = int(share * theta)
    train = data.draw(st.lists(st.integers(0, theta), min_size=1, max_size=12))
    found, potentials = run(IF(real(theta), real(v0)), data.draw(st.permutations(train)))
    assert all(0 <= v < theta for v in potentials)
    assert sum(found) == (sum(train) + v0) // theta


def test_i3_does_not_hold_above_the_threshold_where_order_matters():
    once, _ = run(IF(real(4)), [8, 0])
    late, _ = run(IF(real(4)), [0, 8])
    assert (sum(once), sum(late)) == (2, 1)


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


@few
@given(st.data(), trains, st.integers(2, 20))
def test_i10_signed_spikes_settle_at_the_rounded_sum_in_any_order(data, train, half):
    silence = [0] * (64 * 12 // (2 * half) + 13)
    expected = max((sum(train) + half) // (2 * half), 0)
    for order in (train, data.draw(st.permutations(train))):
        for neuron in (SignedIF(real(2 * half), real(half)), placed("signed_if", real(2 * half))):
            found, potentials = run(neuron, [*order, *silence])
            assert sum(found) == expected
            assert found[-1] == 0
            assert potentials[-1] < 2 * half


def test_i10_does_not_hold_for_spikes_of_one_sign():
    early, _ = run(IF(real(4), real(2)), [8, -8, 0, 0])
    late, _ = run(IF(real(4), real(2)), [-8, 8, 0, 0])
    assert (sum(early), sum(late)) == (1, 0)


@pytest.mark.parametrize("kind", ["signed", "multi", "signed with memory"])
@few
@given(train=trains, theta=thresholds, share=shares)
def test_i10_the_transmitted_sum_is_never_negative(kind, train, theta, share):
    found, _ = run(SOFT[kind](real(theta), real(int(share * theta))), train)
    assert min(sum(found[: k + 1]) for k in range(len(found))) >= 0


@pytest.mark.parametrize("kind", ["relay", "graded, signed"])
@few
@given(train=trains, half=st.integers(2, 20))
def test_i10_a_relay_settles_within_half_a_threshold_of_the_sum(kind, train, half):
    silence = [0] * (64 * 12 // (2 * half) + 1)
    found, _ = run(SOFT[kind](real(2 * half), 0.0), train + silence)
    assert abs(sum(train) - 2 * half * sum(found)) <= half


@every
@few
@given(theta=thresholds, steps=st.integers(1, 12))
def test_i13_silence_stays_silence(kind, theta, steps):
    assert run(SOFT[kind](real(theta), real(0)), [0] * steps) == ([0] * steps, [0] * steps)


@every
@few
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


@given(train=trains, theta=thresholds, share=shares)
def test_i17_a_potential_below_zero_certifies_a_spike_too_many(train, theta, share):
    v0 = int(share * theta)
    found, potentials = run(IF(real(theta), real(v0)), train)
    wanted, fired, residue = (sum(train) + v0) // theta, sum(found), potentials[-1]
    if clip(wanted, 0, len(train)) == 0 and fired:
        assert residue < 0
    if residue < 0 and fired:
        assert fired > wanted


@given(first=trains, second=trains, half=st.integers(1, 20))
def test_i17_srp_silences_whoever_fired_though_nothing_was_wanted(first, second, half):
    """And nobody else, unless no potential is left."""
    neuron = placed("srp", real(2 * half))
    state = neuron.start(real(0)[None])

    def send(train: list[int], *, read: bool) -> list[float]:
        steps = [Step(t, read=read) for t in range(1, len(train) + 1)]
        currents = [real(z)[None] for z in train]
        pairs = zip(currents, steps, strict=True)
        return [float(neuron.step(state, z, step)[1]) for z, step in pairs]

    fired, charge = sum(send(first, read=False)), sum(first) + half
    heard = send(second, read=True)
    if fired and charge < 2 * half:
        assert not any(heard)
    if charge > 2 * half * fired:
        assert heard == run(IF(real(2 * half), real(half)), second)[0]


@every
@few
@given(train=trains, theta=thresholds, share=shares)
def test_i18_single_precision_is_exact_in_dyadic_numbers(kind, train, theta, share):
    v0 = int(share * theta)
    single, double = torch.float32, torch.float64
    assert run(SOFT[kind](real(theta, single), real(v0, single)), train, single) == run(
        SOFT[kind](real(theta, double), real(v0, double)), train, double
    )
