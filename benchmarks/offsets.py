"""What L levels lose where a channel never rests: counted from zero, and from its least value.

A rate code sends a value as 0 to L spikes of theta / L. A channel whose activation is a large
constant with a small image on it sends the constant as spikes too, in every pixel, and has few
levels left for the image. This quantises the ANN's activations with L levels from 0 to theta (the
99.9th percentile of the channel), and from its 0.1th percentile to theta, as if the least value
came as a bias; relays keep their own range. Patches of the training set, of which none is judged
that thresholds were taken from. A table in Markdown; no spikes are simulated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import torch
import typer
from torch import Tensor

from benchmarks.options import Bench
from spikebench.snn import Network
from spikebench.snn.calibration.activations import Calibration
from spikebench.snn.graph.forward import run_ann
from spikebench.snn.graph.nodes import Node, Site

LEVELS = (16, 32, 64)
LEAST, LARGEST = 0.1, 99.9  # percentiles of a channel's activation


@dataclass(frozen=True)
class Range:
    """What a channel's levels reach from and to, each (1, C, 1, 1)."""

    least: Tensor
    largest: Tensor

    def filled(self, value: Tensor) -> Tensor:
        """Return where a value (N, C, H, W) lies in the range, 0 at its least and 1 at its end."""
        return ((value - self.least) / (self.largest - self.least).clamp(min=1e-6)).clamp(0, 1)

    def rounded(self, value: Tensor, levels: int) -> Tensor:
        """Return the nearest of the range's `levels` equal steps."""
        filled = (self.filled(value) * levels).round() / levels
        return self.least + filled * (self.largest - self.least)


def ranges(calibration: Calibration, sites: list[Site], *, from_least: bool) -> dict[str, Range]:
    """Return the range of every site, by its name: of a relay, which has a sign, both ways."""
    found = {}
    for site in sites:
        largest = calibration.percentile(site, LARGEST, per_channel=True)
        if site.role == "relay":
            least = -largest
        elif from_least:
            least = least_of(calibration.activation(site))
        else:
            least = torch.zeros_like(largest)
        found[site.name] = Range(least, largest)
    return found


def least_of(value: Tensor) -> Tensor:
    """Return each channel's least activation but for outliers: (N, C, H, W) to (1, C, 1, 1)."""
    order = value.transpose(0, 1).flatten(1).sort(dim=1).values
    return order[:, round(LEAST / 100 * (order.shape[1] - 1))].view(1, -1, 1, 1)


def rounding(ranges: dict[str, Range], levels: int) -> Callable[[Node, Tensor], Tensor]:
    """Return what stands at the sites in place of ReLU; the output site passes on what it gets."""

    def activate(site: Node, value: Tensor) -> Tensor:
        return ranges[site.name].rounded(value, levels) if site.name in ranges else value

    return activate


def lines(bench: Bench) -> list[str]:
    """Return a line of the table for each number of levels."""
    network, ann = Network.of(bench.module), bench.ann()
    calibration = Calibration.of(network, bench.calibrating.degraded)
    sites, ways = [*network.sites, *network.relays], (False, True)
    both = [ranges(calibration, sites, from_least=way) for way in ways]
    fillings = [filling(calibration, network.sites, way) for way in both]
    found = []
    for levels in LEVELS:
        cells = [f"{bench.name} | {levels}"]
        for way, full in zip(both, fillings, strict=True):
            restored = run_ann(
                network.graph, bench.judging.degraded, activate=rounding(way, levels)
            )
            cells.append(f"{bench.psnr(restored) - ann:.2f} dB, {full:.2f}")
        found.append(f"| {' | '.join(cells)} |")
    return found


def filling(calibration: Calibration, sites: list[Site], ranges: dict[str, Range]) -> float:
    """Return the mean share of the levels that is sent, over all neurons of the sites."""
    shares = [ranges[site.name].filled(calibration.activation(site)).flatten() for site in sites]
    return float(torch.cat(shares).mean())


def main(backbones: Annotated[list[str], typer.Argument(help="Names in backbones/.")]) -> None:
    """Print for each network what its levels lose, and the share of them that is sent."""
    print("| network | levels | from zero | from the least value |\n| --- | --- | --- | --- |")
    with TemporaryDirectory() as folder:
        for name in backbones:
            print("\n".join(lines(Bench.of(name, Path(folder)))), flush=True)


if __name__ == "__main__":
    typer.run(main)
