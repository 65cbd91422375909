"""Synthetic rain: streaks of one direction, added to a clean image.

The usual recipe of the deraining literature: motion-blurred noise S over the clean image B, O = B +
S (Yang et al., CVPR 2017, sec. 3). The ranges below were set by eye, to cover light rain with one
direction of streaks: after a look at four images of Rain100L and at how bright and how dense the
rain of six of them is. Nothing was fitted to that set, and its clean images are not used.
"""

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn.functional import conv2d


@dataclass(frozen=True)
class Rain:
    """One shower.

    `angle` of the streaks in degrees from the vertical, `length` and `width` (a Gaussian's standard
    deviation) in pixels, `density` in streaks per pixel, `strength` of the brightest in 0 .. 1.
    """

    angle: float
    length: float
    width: float
    density: float
    strength: float


def draw_rain(random: Generator) -> Rain:
    """Draw a shower; every number is uniform in its range, the density in its logarithm."""
    return Rain(
        angle=_between(-20, 20, random),
        length=_between(10, 50, random),
        width=_between(0.4, 1.0, random),
        density=math.exp(_between(math.log(5e-4), math.log(1.2e-2), random)),
        strength=_between(0.25, 0.8, random),
    )


def add_rain(image: Tensor, random: Generator) -> Tensor:
    """Return an image (C, H, W) in [0, 1] with rain: the same streaks in every channel.

    Streaks are added, the sum is clipped to [0, 1] and rounded to 8 bits, as a file would hold it.
    """
    height, width = image.shape[-2:]
    rainy = image + streaks(draw_rain(random), height, width, random)
    return (rainy.clamp(0, 1) * 255).round() / 255


def streaks(rain: Rain, height: int, width: int, random: Generator) -> Tensor:
    """Return a layer of streaks (1, height, width), 0 where there is none, at most `strength`.

    Drops fall at random places with random brightness; blurring them along the direction of the
    rain draws the streaks. A quarter of them is half as long, which stands for farther drops.
    """
    layer = torch.zeros(1, 1, height, width)
    for share, length in ((0.75, rain.length), (0.25, rain.length / 2)):
        kernel = streak(rain.angle, length, rain.width)
        reach = kernel.shape[-1] - 1
        field = (1, 1, height + reach, width + reach)
        falls = torch.rand(field, generator=random) < rain.density * share
        brightness = 0.1 + 0.9 * torch.rand(field, generator=random) ** 2  # few are bright
        layer += conv2d(falls * brightness, kernel)
    return layer[0].clamp(max=1) * rain.strength


def streak(angle: float, length: float, width: float) -> Tensor:
    """Return one streak of peak 1 as a convolution kernel (1, 1, k, k), k odd.

    Along its direction it is nearly flat and fades about `length` / 2 from its middle, across it is
    Gaussian.
    """
    half = math.ceil(0.75 * length) + 2
    place = torch.arange(-half, half + 1, dtype=torch.float32)
    down, right = place[:, None], place[None, :]
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    along = (down * cosine + right * sine).abs()
    across = right * cosine - down * sine
    body = torch.exp(-0.5 * (2 * along / length) ** 4)
    return (body * torch.exp(-0.5 * (across / width) ** 2))[None, None]


def _between(low: float, high: float, random: Generator) -> float:
    return low + (high - low) * float(torch.rand((), generator=random))
