"""What both benchmarks measure: DnCNN (sigma = 25), percentile-normalised, on one noisy photograph.

A measurement runs in a Python process of its own, so that no allocator, thread pool or cache is
inherited from the one before.
"""

import os
import statistics
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import skimage.data
import torch
from torch import Tensor, nn

from spikebench.ann.backbone import load_backbone, load_backbone_spec
from spikebench.ann.weights import fetch_weights
from spikebench.data.degrade import add_noise
from spikebench.data.patches import calibration_patches
from spikebench.data.registry import load_dataset
from spikebench.fetch.dataset import fetch_dataset
from spikebench.snn import Network, load_method
from spikebench.snn.serialise import ANYTIME, load_networks, save_networks

BACKBONE = "dncnn_s25"
TRAINING = "embedded_train"
LARGEST_SIDE = 512  # of the photograph
IDLE_LOAD = 0.5  # load average of a machine that does nothing else


@dataclass(frozen=True)
class Workload:
    """A converted network and its image; `folder` holds what `prepare` wrote."""

    folder: Path
    side: int
    threads: int

    @property
    def image(self) -> Tensor:
        """The noisy photograph (1, 1, side, side), float32."""
        pixels = skimage.data.camera()[: self.side, : self.side]
        clean = torch.from_numpy(pixels / 255).float()[None, None]
        return add_noise(clean, sigma=25, seed=0)

    @property
    def backbone(self) -> nn.Module:
        """The ANN with its published weights."""
        return load_backbone(load_backbone_spec(BACKBONE), _weights(self.folder))

    @property
    def network(self) -> Network:
        """The converted network."""
        return load_networks(_converted(self.folder), self.backbone)[ANYTIME]


def prepare(folder: Path) -> None:
    """Fetch the weights, calibrate the thresholds and write both to `folder`."""
    spec = load_backbone_spec(BACKBONE)
    fetch_weights(spec, _weights(folder))
    training = load_dataset(TRAINING)
    fetch_dataset(training, folder)
    patches = calibration_patches(training, folder, spec.task, seed=0, count=16, size=48)
    method = load_method(Path("methods/percentile_norm.py"))
    backbone = load_backbone(spec, _weights(folder))
    network = method.apply(backbone, patches.degraded, timesteps=())
    save_networks({ANYTIME: network}, _converted(folder))


def fresh(function: Callable, *arguments: Any) -> Any:
    """Call `function` in a new Python process and return what it returns."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(function, *arguments).result()


def warn_if_busy() -> None:
    """Say so where other work runs: times are then of no use."""
    load = os.getloadavg()[0]
    if load > IDLE_LOAD:
        print(f"The machine is busy (load {load:.1f}): do not trust these times.")


def report(ratios: list[float], meaning: str) -> None:
    """Print the median of the paired ratios and how far they spread."""
    low, high = min(ratios), max(ratios)
    print(f"median {statistics.median(ratios):.3f} ({low:.3f} to {high:.3f}): {meaning}")


def _weights(folder: Path) -> Path:
    return folder / "weights.safetensors"


def _converted(folder: Path) -> Path:
    return folder / "converted.safetensors"
