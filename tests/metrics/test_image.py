"""PSNR, SSIM and LPIPS, against scikit-image, closed forms and loops."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from torch import nn

from spikebench.data.images import luminance
from spikebench.errors import BenchError
from spikebench.metrics import image as metrics
from spikebench.metrics.image import Target, measure
from spikebench.metrics.perceptual import look
from spikebench.metrics.protocols import PROTOCOLS


def image(channels: int = 1, side: int = 24, seed: int = 0) -> torch.Tensor:
    """Return an image of whole 8-bit values."""
    random = torch.Generator().manual_seed(seed)
    return torch.randint(256, (1, channels, side, side + 3), generator=random) / 255


def ssim_by_convolution(a: torch.Tensor, b: torch.Tensor) -> float:
    """Wang et al. 2004: 11 x 11 Gaussian of sigma 1.5, mean over the windows inside the image."""
    place = torch.arange(11, dtype=torch.float64) - 5
    line = torch.exp(-(place**2) / (2 * 1.5**2))
    window = (line[:, None] * line / line.sum() ** 2)[None, None]

    def mean(x: torch.Tensor) -> torch.Tensor:
        return nn.functional.conv2d(x.double().transpose(0, 1), window)

    ma, mb = mean(a.double()), mean(b.double())
    va, vb = mean(a.double() ** 2) - ma**2, mean(b.double() ** 2) - mb**2
    covariance = mean(a.double() * b.double()) - ma * mb
    c1, c2 = 0.01**2, 0.03**2
    luminance = (2 * ma * mb + c1) / (ma**2 + mb**2 + c1)
    structure = (2 * covariance + c2) / (va + vb + c2)
    return float((luminance * structure).mean())


@pytest.mark.parametrize(
    ("protocol", "channels", "scale"),
    [
        ("grey_float", 1, None),
        ("y_float", 1, 3),
        ("y_uint8", 1, 2),
        ("rgb_uint8", 3, None),
        ("rgb_float", 3, None),
        ("y_of_rgb_float", 3, None),
        ("y_of_rgb_float", 3, 2),
        ("y_of_rgb_uint8", 3, 4),
        ("y_of_rgb_truncated", 3, None),
    ],
)
def test_scores_are_those_of_scikit_image_under_the_protocol(protocol, channels, scale):
    target = image(channels)
    restored = target + 0.1 * torch.randn(target.shape, generator=torch.Generator().manual_seed(1))
    found = measure(restored, target, protocol, scale=scale)

    a, b = (x[0].permute(1, 2, 0).double().numpy() for x in (target, restored.clamp(0, 1)))
    if protocol.endswith("uint8"):
        a, b = (np.floor(255 * x + 0.5) / 255 for x in (a, b))
    if protocol.endswith("truncated"):
        a, b = np.round(255 * a) / 255, (255 * b).astype(np.uint8) / 255
    if protocol.startswith("y_of"):
        a, b = (luminance(255 * x)[..., None] for x in (a, b))
    cut = slice(scale, -scale) if scale else slice(None)
    a, b = a[cut, cut], b[cut, cut]
    window = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    ssim = structural_similarity(a, b, data_range=1.0, channel_axis=2, **window)
    assert found.psnr == pytest.approx(peak_signal_noise_ratio(a, b, data_range=1.0), abs=1e-9)
    assert found.ssim == pytest.approx(ssim, abs=1e-9)


@given(error=st.floats(1e-3, 0.5))
@settings(max_examples=20)
def test_a_constant_error_has_its_closed_form(error):
    target = torch.full((1, 1, 12, 12), 0.25, dtype=torch.float64)
    found = measure(target + error, target, "grey_float")
    assert found.psnr == pytest.approx(-20 * math.log10(error), abs=1e-9)
    low, high = 0.25, 0.25 + error  # without variance only the luminance term is left
    expected = (2 * low * high + 1e-4) / (low**2 + high**2 + 1e-4)
    assert found.ssim == pytest.approx(expected, abs=1e-9)


def test_ssim_is_the_mean_over_gaussian_windows():
    target = image(3)
    restored = (target + 0.05 * torch.randn(target.shape)).clamp(0, 1)
    found = measure(restored.double(), target, "grey_float").ssim
    assert found == pytest.approx(ssim_by_convolution(restored, target), abs=1e-9)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_identical_images_score_infinite_psnr_and_ssim_one(protocol):
    pair = image(3), image(3)
    found = measure(*pair, protocol, scale=2)
    assert found.psnr == math.inf
    assert found.ssim == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(
    ("protocol", "cut"), [("y_float", True), ("y_uint8", True), ("grey_float", False)]
)
def test_only_luminance_protocols_leave_out_a_border_of_scale(protocol, cut):
    target = image()
    restored = target.clone()
    restored[..., :3, :], restored[..., -3:, :] = 0, 0
    restored[..., :3], restored[..., -3:] = 0, 0
    assert math.isinf(measure(restored, target, protocol, scale=3).psnr) == cut
    restored[..., 3, 3] = 1 - restored[..., 3, 3]  # the first pixel that counts
    assert math.isfinite(measure(restored, target, protocol, scale=3).psnr)


def test_8_bit_protocols_round_half_up():
    halves = (torch.arange(255, dtype=torch.float64) + 0.5) / 255
    halves = halves[halves * 255 % 1 == 0.5]  # those that are exact in binary
    assert len(halves) > 100
    restored = halves.repeat(12, 1)[None, None]
    upper = torch.floor(restored * 255 + 1) / 255
    assert measure(restored, upper, "y_uint8").psnr == math.inf
    assert math.isfinite(measure(restored, upper, "y_float").psnr)


def test_values_outside_the_range_are_clipped():
    target = torch.zeros(1, 1, 12, 12)
    target[..., 6:] = 1
    assert measure(target * 3 - 1, target, "grey_float").psnr == math.inf


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_not_finite_is_refused(value):
    restored = image()
    restored[0, 0, 3, 4] = value
    with pytest.raises(BenchError, match="NaN or infinite"):
        measure(restored, image(), "grey_float")


def test_images_of_unequal_shape_are_refused():
    with pytest.raises(BenchError, match=r"\(1, 1, 24, 27\), target of \(1, 3, 24, 27\).*scale"):
        measure(image(1), image(3), "grey_float")


def test_the_luminance_of_colours_needs_colours():
    with pytest.raises(BenchError, match=r"'y_of_rgb_float' compares .* has 1 channel"):
        measure(image(), image(), "y_of_rgb_float")


def test_an_unknown_protocol_is_answered_with_the_known():
    with pytest.raises(BenchError, match=r"'psnr_y'\. Known: grey_float, rgb_float"):
        measure(image(), image(), "psnr_y")


def test_a_cast_to_bytes_never_lowers_the_target():
    target = (torch.arange(256) / 255).repeat(3, 12, 1)[None]  # 43 of these * 255 lie below
    assert measure(target + 1e-4, target, "y_of_rgb_truncated").psnr == math.inf


def test_luminance_protocols_ignore_what_luminance_ignores():
    target = torch.full((1, 3, 16, 16), 0.5)
    red, green, _ = (65.481, 128.553, 24.966)
    restored = target.clone()
    restored[:, 0] += 0.1
    restored[:, 1] -= 0.1 * red / green
    assert measure(restored, target, "y_of_rgb_float").psnr > 120
    assert measure(restored, target, "rgb_float").psnr < 30


def test_without_a_trunk_lpips_is_none():
    assert measure(image(), image(seed=1), "grey_float").lpips is None


@pytest.mark.parametrize(("trunk", "least"), [("alex", 31), ("squeeze", 17)])
def test_lpips_is_none_on_images_that_its_trunk_cannot_take(monkeypatch, trunk, least):
    monkeypatch.setattr(metrics, "look", lambda *_: [])
    monkeypatch.setattr(metrics, "distance", lambda *_: 0.5)
    for side, expected in ((least - 1, None), (least, 0.5)):
        target = torch.zeros(1, 1, side, 64)
        assert measure(target, target, "grey_float", trunk=trunk).lpips == expected


@pytest.mark.parametrize(("side", "scale"), [(10, None), (14, 2)])
def test_an_image_smaller_than_the_window_of_ssim_is_refused(side, scale):
    target = torch.zeros(1, 1, side, 40)
    with pytest.raises(BenchError, match=r"10 x (40|36) pixels are compared, too few for SSIM's"):
        measure(target, target, "y_float", scale=scale)
    measure(*[torch.zeros(1, 1, side + 1, 40)] * 2, "y_float", scale=scale)


def test_lpips_sees_the_colours_that_the_protocol_compares(monkeypatch):
    monkeypatch.setattr(metrics, "look", lambda image, trunk: [image, trunk])
    seen = []
    monkeypatch.setattr(metrics, "distance", lambda *x: seen.append(x) or 0.5)
    target = image(3)
    found = measure(1 - target, target, "y_of_rgb_uint8", scale=2, trunk="squeeze")
    assert found.lpips == 0.5
    (restored, trunk), (clean, other), another = seen[0]
    assert trunk == other == another == "squeeze"
    assert torch.equal(clean, target[..., 2:-2, 2:-2])
    assert torch.allclose(restored, 1 - clean, atol=1e-6)


def test_a_target_is_looked_at_once_and_gives_each_image_its_own_scores():
    target = image(3, side=40)
    blurred = nn.functional.avg_pool2d(target, 3, 1, 1)
    several = [target * 0.9, blurred, 1 - target]
    with pytest.MonkeyPatch.context() as patch:
        looked = []
        patch.setattr(metrics, "look", lambda *x: looked.append(x) or look(*x))
        prepared = Target(target, "rgb_float", trunk="alex")
        together = [prepared.scores(restored) for restored in several]
    assert len(looked) == 1 + len(several)
    alone = [measure(restored, target, "rgb_float", trunk="alex") for restored in several]
    assert together == alone
    assert len({scores.lpips for scores in together}) == len(several)
