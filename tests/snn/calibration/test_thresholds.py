"""Thresholds by search, against a pass over all values for each candidate."""

import pytest
import torch

from spikebench.snn.calibration.thresholds import (
    SHARES,
    gaussian_threshold,
    mse_threshold,
    quantise,
)
from tests.snn.nets import image

rounding = pytest.mark.parametrize("rounding", ["floor", "nearest"])


def loss(values, theta, levels, cap, rounding) -> float:
    return (quantise(values, theta, levels, cap, rounding) - values).square().mean().item()


@rounding
def test_a_quantiser_is_an_integrate_and_fire_neuron_on_a_constant_current(rounding):
    theta, start = torch.tensor(1.0), 0.5 if rounding == "nearest" else 0.0
    for current in torch.arange(-8, 24) / 16:
        v, sent = start, 0
        for _ in range(4):
            v += current.item()
            sent, v = (sent + 1, v - 1) if v >= 1 else (sent, v)
        assert quantise(current, theta, 4, 1.0, rounding).item() == sent / 4


@rounding
@pytest.mark.parametrize("cap", [1.0, 4.0])
@pytest.mark.parametrize("levels", [1, 2, 5])
def test_no_candidate_loses_less_than_the_threshold_found(rounding, cap, levels):
    values = (image(3, 2, 9, 9) - 0.3).relu() * torch.tensor([1.0, 7.0]).view(1, 2, 1, 1)
    options = {"cap": cap, "rounding": rounding}
    found = mse_threshold(values, levels, per_channel=True, **options)
    assert found.shape == (1, 2, 1, 1)
    for channel, theta in zip(values.unbind(1), found.flatten(), strict=True):
        candidates = (channel.max() * SHARES.double()).unbind()
        least = min(loss(channel, other, levels, cap, rounding) for other in candidates)
        assert loss(channel, theta, levels, cap, rounding) == pytest.approx(least)
    layer = mse_threshold(values, levels, per_channel=False, **options)
    assert torch.equal(
        layer,
        mse_threshold(values.reshape(1, 1, -1, 1), levels, per_channel=True, **options).view(()),
    )


def test_a_silent_channel_has_no_threshold():
    values = image(1, 2, 3, 3)
    values[:, 1] = 0
    assert mse_threshold(values, 4, per_channel=True)[0, 1].item() == 0


@pytest.mark.parametrize(("mean", "deviation"), [(0.0, 1.0), (0.5, 0.5), (-1.0, 2.0)])
@pytest.mark.parametrize("levels", [4, 16])
def test_the_gaussian_threshold_is_where_its_step_loses_least(mean, deviation, levels):
    """With the edges held, the best step is a least-squares fit of x by the number of edges."""
    moments = torch.tensor([mean]), torch.tensor([deviation])
    theta = gaussian_threshold(*moments, levels, torch.tensor([4.0]), iterations=2000).item()
    x = torch.randn(400_000, dtype=torch.float64) * deviation + mean
    count = (x * levels / theta + 0.5).floor().clamp(0, levels)
    assert levels * (x * count).sum() / count.square().sum() == pytest.approx(theta, rel=0.01)


def test_a_channel_that_does_not_vary_keeps_its_start():
    zero, start = torch.zeros(1), torch.full((1,), 0.25)
    assert gaussian_threshold(zero - 1, zero, 4, start).item() == 0.25
