"""What the benchmarks measure: a percentile-normalised backbone on one degraded photograph.

A measurement runs in a Python process of its own, so that no allocator, thread pool or cache is
inherited from the one before.
"""

import os
import statistics
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import skimage.data
import torch
from torch import Tensor, nn

from spikebench.ann.backbone import load_backbone, load_backbone_spec
from spikebench.ann.weights import fetch_weights
from spikebench.data.degrade import add_noise
from spikebench.data.fetch.dataset import fetch_dataset
from spikebench.data.patches import calibration_patches
from spikebench.data.registry import load_dataset
from spikebench.snn import Network, load_method
from spikebench.snn.model.serialise import ANYTIME, load_networks, save_networks

BACKBONE = "dncnn_s25"
TRAINING = "embedded_train"
LARGEST_SIDE = 1024  # of the photograph and its mirror images
IDLE_LOAD = 0.5  # load average of a machine that does nothing else


@dataclass(frozen=True)
class Workload:
    """A converted network for grey images and its image; `folder` holds what `prepare` wrote."""

    folder: Path
    side: int
    threads: int
    backbone_name: str = BACKBONE
    method: str = "percentile_norm"

    @property
    def image(self) -> Tensor:
        """The photograph (1, 1, side, side), float32, with noise where the backbone takes noise."""
        photograph = np.pad(skimage.data.camera(), ((0, 512), (0, 512)), mode="symmetric")
        pixels = photograph[: self.side, : self.side] / 255
        clean = torch.from_numpy(pixels).float()[None, None]
        sigma = load_backbone_spec(self.backbone_name).task.sigma
        return clean if sigma is None else add_noise(clean, sigma=sigma, seed=0)

    @property
    def backbone(self) -> nn.Module:
        """The ANN with its published weights."""
        return load_backbone(load_backbone_spec(self.backbone_name), _weights(self.folder))

    @property
    def network(self) -> Network:
        """The converted network."""
        load_method(_method_file(self.method), {})  # defines the neurons that it may hold
        return load_networks(_converted(self.folder), self.backbone)[ANYTIME]


def prepare(workload: Workload, timesteps: tuple[int, ...] = (), **options: Any) -> None:
    """Fetch the weights, convert by the method with its options and write both to the folder.

    `timesteps`: the T to convert for, where the method depends on it.
    """
    spec, folder = load_backbone_spec(workload.backbone_name), workload.folder
    fetch_weights(spec, _weights(folder))
    training = load_dataset(TRAINING)
    fetch_dataset(training, folder)
    patches = calibration_patches(training, folder, spec.task, seed=0, count=16, size=48)
    converter = load_method(_method_file(workload.method), options)
    network = converter.apply(workload.backbone, patches.degraded, timesteps)
    save_networks({ANYTIME: network}, _converted(folder))


def laid_out(network: nn.Module, layout: torch.memory_format) -> nn.Module:
    """Put the weights into a memory layout, in place, and return the network."""
    return network.to(memory_format=layout)  # type: ignore[call-overload]  # torch declares no such


def peak_memory() -> float:
    """Return the largest resident size of this process so far, in MiB."""
    # not ru_maxrss: a new process begins it at the peak of the process that started it
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def fresh(function: Callable, *arguments: Any) -> Any:
    """Call `function` in a new Python process and return what it returns."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(function, *arguments).result()


def warn_if_busy() -> None:
    """Say so where other work runs: times are then of no use."""
    load = os.getloadavg()[0]
    if load > IDLE_LOAD:
        print(f"The machine is busy (load {load:.1f}): do not trust these times.")


def report(ratios: Sequence[float], meaning: str) -> None:
    """Print the median of the paired ratios and how far they spread."""
    low, high = min(ratios), max(ratios)
    print(f"median {statistics.median(ratios):.3f} ({low:.3f} to {high:.3f}): {meaning}")


def _weights(folder: Path) -> Path:
    return folder / "weights.safetensors"


def _converted(folder: Path) -> Path:
    return folder / "converted.safetensors"


def _method_file(name: str) -> Path:
    return Path(f"methods/{name}.py")
