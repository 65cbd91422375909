"""Synthetic rain: additive, one direction, repeatable."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Generator

from spikebench.data.rain import Rain, add_rain, draw_rain, streak, streaks


def drawn(seed: int) -> Generator:
    return Generator().manual_seed(seed)


@given(seed=st.integers(0, 2**32))
def test_rain_only_brightens_and_stays_in_eight_bits(seed):
    clean = (torch.rand(3, 20, 33, generator=drawn(0)) * 255).round() / 255
    rainy = add_rain(clean, drawn(seed))
    assert rainy.shape == clean.shape
    assert (rainy >= clean - 1e-6).all() and rainy.max() <= 1
    assert torch.equal((rainy * 255).round() / 255, rainy)


def test_the_same_seed_brings_the_same_rain_and_another_seed_another():
    clean = torch.full((3, 40, 40), 0.3)
    assert torch.equal(add_rain(clean, drawn(1)), add_rain(clean, drawn(1)))
    assert not torch.equal(add_rain(clean, drawn(1)), add_rain(clean, drawn(2)))


def test_every_channel_has_the_same_streaks():
    rainy = add_rain(torch.zeros(3, 60, 60), drawn(3))
    assert rainy.max() > 0
    assert torch.equal(rainy[0], rainy[1]) and torch.equal(rainy[0], rainy[2])


@given(seed=st.integers(0, 2**32))
def test_a_shower_lies_in_its_ranges(seed):
    rain = draw_rain(drawn(seed))
    assert -20 <= rain.angle <= 20 and 10 <= rain.length <= 50
    assert 5e-4 <= rain.density <= 1.2e-2 and 0.25 <= rain.strength <= 0.8


@pytest.mark.parametrize("angle", [-20, -5, 0, 12, 20])
def test_a_streak_points_along_its_angle(angle):
    kernel = streak(angle, 30, 0.8)[0, 0]
    place = torch.arange(len(kernel)) - len(kernel) // 2
    down, right = place[:, None] * kernel, place[None, :] * kernel
    slope = (down * place[None, :]).sum() / (right * place[None, :]).sum()  # sum xy / sum xx
    covariance = torch.tensor(
        [
            [(down * place[:, None]).sum(), (down * place[None, :]).sum()],
            [(down * place[None, :]).sum(), (right * place[None, :]).sum()],
        ]
    )
    _, axes = torch.linalg.eigh(covariance)
    longest = axes[:, -1] * axes[0, -1].sign()  # (down, right)
    assert math.degrees(math.atan2(longest[1], longest[0])) == pytest.approx(angle, abs=1)
    assert kernel.max() == 1 and (slope.isfinite() or angle == 0)


def test_a_longer_streak_is_longer():
    lengths = [float((streak(0, n, 0.6)[0, 0].sum(dim=1) > 0.5).sum()) for n in (10, 20, 40)]
    assert lengths[1] / lengths[0] == pytest.approx(2, rel=0.2)
    assert lengths[2] / lengths[1] == pytest.approx(2, rel=0.2)


def test_density_and_strength_do_what_they_say():
    light = streaks(Rain(0, 10, 0.5, 5e-4, 0.5), 200, 200, drawn(0))
    heavy = streaks(Rain(0, 10, 0.5, 5e-3, 0.5), 200, 200, drawn(0))
    assert 6 < heavy.mean() / light.mean() < 14
    assert light.max() <= 0.5 and heavy.max() <= 0.5


def test_no_border_is_dry():
    layer = streaks(Rain(15, 40, 0.8, 8e-3, 0.6), 120, 120, drawn(5))[0]
    inside = (layer[40:80, 40:80] > 0.01).float().mean()
    for border in (layer[:10], layer[-10:], layer[:, :10], layer[:, -10:]):
        assert (border > 0.01).float().mean() > inside / 2
