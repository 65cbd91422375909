"""What a neuron makes of a constant current: I1, I4, I5, I6, I7 and I11."""

from fractions import Fraction

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor

from spikebench.snn import IF, Burst, Neuron, Step
from tests.snn.invariants.trains import (
    UNIT,
    clip,
    currents,
    module,
    placed,
    real,
    run,
    shares,
    thresholds,
)


def sums(numbers: list[float]) -> list[float]:
    return [sum(numbers[:k]) for k in range(1, len(numbers) + 1)]


def counts(neuron: Neuron, z: Tensor, timesteps: int) -> list[Tensor]:
    """Return how many spikes each entry of z has brought about after 1, 2 .. T steps."""
    state, total, found = neuron.start(z), torch.zeros_like(z), []
    for time in range(1, timesteps + 1):
        total = total + neuron.step(state, z, Step(time))[1]
        found.append(total)
    return found


@given(currents, thresholds, shares, st.integers(1, 12))
def test_i1_the_quantised_activation_at_every_prefix(z, theta, share, t):
    v0 = int(share * theta)
    found, _ = run(IF(real(theta), real(v0)), [z] * t)
    assert sums(found) == [clip((k * z + v0) // theta, 0, k) for k in range(1, t + 1)]


@given(currents, thresholds, shares, st.integers(1, 8), st.integers(1, 6))
def test_i1_a_burst_neuron_clips_at_its_cap_times_t(z, theta, share, t, cap):
    v0 = int(share * theta)
    found, _ = run(Burst(real(theta), real(v0), cap=cap), [z] * t)
    assert sums(found) == [clip((k * z + v0) // theta, 0, cap * k) for k in range(1, t + 1)]


@given(currents, thresholds, st.integers(1, 8))
def test_i1_a_neuron_that_must_exceed_its_level_rounds_a_tie_down(z, quarter, t):
    """Four levels of Spiking-UNet, from 2 theta to theta/4, fire at u > level: ceil(.) - 1."""
    neuron = module("spiking_unet").FourLevels(real(4 * quarter))
    found, _ = run(neuron, [z] * t)
    expected = [clip(-(-k * z // quarter) - 1, 0, 15 * k) for k in range(1, t + 1)]
    assert [4 * number for number in sums(found)] == expected


@given(st.integers(1, 64), thresholds, st.integers(1, 12))
def test_i1_a_hard_reset_needs_whole_steps_for_every_spike(z, theta, t):
    found, _ = run(IF(real(theta), hard_reset=True), [z] * t)
    assert sum(found) == t // -(-theta // z)


@pytest.mark.parametrize("start", [0, Fraction(1, 2)])
@given(z=currents, half=st.integers(1, 20), t=st.integers(1, 16))
def test_i4_and_i11_the_rate_nears_the_clipped_activation_as_one_over_t(start, z, half, t):
    theta = 2 * half
    found, _ = run(IF(real(theta), real(int(start * theta))), [z] * t)
    error = Fraction(int(sum(found)), t) - min(max(Fraction(z, theta), Fraction(0)), 1)
    low, high = (Fraction(-1, 2), Fraction(1, 2)) if start else (-1, 0)
    assert low <= error * t <= high
    assert start or low < error * t


@given(st.floats(-2, 3), st.floats(0.1, 4), st.integers(1, 32))
def test_i5_half_a_threshold_at_the_start_gives_qcfs_with_t_levels(x, scale, levels):
    """Bu et al., ICLR 2022: lambda * clip(floor(x L / lambda + 1/2) / L, 0, 1)."""
    position = x * levels / scale + 0.5
    assume(abs(position - round(position)) > 1e-9)  # a tie is decided by rounding
    theta = torch.tensor([scale], dtype=torch.float64)
    z = torch.tensor([x], dtype=torch.float64)
    neuron = placed("percentile_norm", theta, initial=0.5)
    sent = theta * counts(neuron, z, levels)[-1]
    expected = scale * clip(int(position // 1), 0, levels) / levels
    assert sent.item() / levels == pytest.approx(expected, abs=1e-12)


@given(st.integers(1, 12), st.integers(1, 8), st.data())
def test_i6_moments_of_the_error_for_uniform_activations(t, k, data):
    """Mean (phi - 1/2) / T and mean square (phi^3 + (1 - phi)^3) / (3 T^2) for v0 = phi theta.

    phi = 1/2 is OPI: 0 and 1 / (12 T^2), against -1 / (2 T) and 1 / (3 T^2) of phi = 0. The
    activations are the middles of cells that the quantiser's steps do not cut; within a cell of
    width w the mean square is w^2/12 higher than in its middle.
    """
    phi = Fraction(data.draw(st.integers(0, 2 * k - 1)), 2 * k)
    theta = 4 * t * k
    z = torch.arange(1, theta, 2)
    neuron = IF(real(theta), real(int(phi * theta)))
    found = counts(neuron, z * UNIT, t)[-1].int()
    errors = [
        Fraction(n, t) - Fraction(a, theta) for n, a in zip(found.tolist(), z.tolist(), strict=True)
    ]
    mean = sum(errors) / len(errors)
    square = sum(error**2 for error in errors) / len(errors) + Fraction(2, theta) ** 2 / 12
    assert mean == (phi - Fraction(1, 2)) / t
    assert square == (phi**3 + (1 - phi) ** 3) / (3 * t**2)


@given(st.integers(1, 5), st.integers(1, 20), st.data())
def test_i7_a_shift_of_theta_over_2t_is_half_a_threshold_at_t_but_not_before(log_t, k, data):
    """Before T it lags: of activations in [0, theta), (1 - t/T) / 2 lack one spike at step t."""
    total = 2**log_t
    theta = 2 * total * k
    z = torch.arange(-theta, 2 * theta, dtype=torch.float64) * UNIT
    shift = placed("snn_calibration", real(theta), total, stage="threshold")
    half = placed("percentile_norm", real(theta), initial=0.5)
    assert (shift.shift, shift.initial, half.shift) == (real(k), 0.0, 0.0)
    shifted, started = counts(shift, z, total), counts(half, z, total)
    assert torch.equal(shifted[-1], started[-1])
    time = 2 ** data.draw(st.integers(0, log_t - 1))
    lacking = (started[time - 1] - shifted[time - 1])[theta : 2 * theta]
    assert set(lacking.unique().tolist()) <= {0, 1}
    assert Fraction(int(lacking.sum()), theta) == (1 - Fraction(time, total)) / 2


@given(st.data(), st.integers(1, 8), st.integers(1, 8))
def test_i7_within_the_threshold_a_shift_is_half_a_threshold_for_any_currents(data, total, k):
    theta = 2 * total * k
    train = data.draw(st.lists(st.integers(0, theta - k), min_size=total, max_size=total))
    shift = placed("snn_calibration", real(theta), total, stage="threshold")
    shifted, v = run(shift, train)
    started, other = run(IF(real(theta), real(theta // 2)), train)
    assert (sum(shifted), v[-1]) == (sum(started), other[-1])
