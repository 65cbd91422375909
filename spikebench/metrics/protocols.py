"""The named protocols by which images are compared."""

from dataclasses import dataclass
from typing import Literal

from spikebench.errors import BenchError
from spikebench.task import Channels


@dataclass(frozen=True)
class Protocol:
    """How two images are compared.

    `channels`: what the images are, as in `spikebench.task.Task`. `cuts_border`: whether a border
    as wide as the factor of super-resolution is left out. `bytes`: how the restored values become
    8-bit numbers, if at all: rounded half up, or truncated as a cast to bytes does. `of_rgb`:
    whether the network restores colour of which the luminance is compared.
    """

    channels: Channels
    cuts_border: bool
    bytes: Literal["rounded", "truncated"] | None
    of_rgb: bool
    description: str

    def border(self, scale: int | None) -> int:
        """Return how many pixels are left out on each side, for a factor of super-resolution."""
        return scale or 0 if self.cuts_border else 0


PROTOCOLS = {
    "grey_float": Protocol(
        "grey", False, None, False, "grey of full range (MATLAB's rgb2gray), float, no border cut"
    ),
    "rgb_float": Protocol("rgb", False, None, False, "all three channels, float, no border cut"),
    "rgb_uint8": Protocol("rgb", False, "rounded", False, "three channels, 8 bits, no border cut"),
    "y_float": Protocol(
        "y", True, None, False, "luminance (16 to 235), float, border of `scale` cut"
    ),
    "y_uint8": Protocol(
        "y", True, "rounded", False, "luminance (16 to 235), 8 bits, border of `scale` cut"
    ),
    "y_of_rgb_float": Protocol(
        "rgb", True, None, True, "luminance of the restored colours, float, border of `scale` cut"
    ),
    "y_of_rgb_uint8": Protocol(
        "rgb", True, "rounded", True, "colours in 8 bits, their luminance, border of `scale` cut"
    ),
    "y_of_rgb_truncated": Protocol(
        "rgb", True, "truncated", True, "colours cut down to bytes, their luminance, border cut"
    ),
}


def protocol(name: str) -> Protocol:
    """Return a protocol by name. Raises `BenchError` for an unknown one."""
    if name not in PROTOCOLS:
        raise BenchError(f"Unknown protocol '{name}'. Known: {', '.join(PROTOCOLS)}.")
    return PROTOCOLS[name]
