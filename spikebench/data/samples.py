"""The images of a data set as a task sees them: degraded, target, floor."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import Tensor

from spikebench.data.degrade import add_noise, crop_to_multiple, enlarge, shrink
from spikebench.data.images import read_pixels, to_channels
from spikebench.data.registry import DatasetSpec, FileEntry
from spikebench.errors import BenchError
from spikebench.seeds import derive
from spikebench.task import Task


@dataclass(frozen=True)
class Sample:
    """One image of a test set; float32, range [0, 1], noise not clipped.

    `degraded` (1, C, h, w) is what the network receives, `target` (1, C, H, W) the clean image,
    `floor` (1, C, H, W) the degraded image at the target's size: what no network at all gives.
    """

    name: str
    degraded: Tensor
    target: Tensor
    floor: Tensor


def samples(
    spec: DatasetSpec,
    folder: Path,
    task: Task,
    *,
    seed: int,
    images: int | list[str] | None = None,
) -> Iterator[Sample]:
    """Yield the set's images, all or a subset (the first N, or by name), in the set's order.

    Raises `BenchError` for a task the set does not serve, an unknown image name or a file that
    cannot be used.
    """
    if task.kind not in spec.tasks:
        raise BenchError(f"Data set '{spec.name}' serves {', '.join(spec.tasks)}, not {task.kind}.")
    for entry in _selected(spec, images):
        yield _sample(spec, folder, task, entry, seed)


def degraded_and_target(
    spec: DatasetSpec, folder: Path, task: Task, entry: FileEntry, seed: int
) -> tuple[Tensor, Tensor]:
    """Return what the network receives (1, C, h, w) and what it should return (1, C, H, W)."""
    if task.kind == "super_resolution":
        return _low_and_high(spec, folder, task, entry)
    target = to_channels(read_pixels(folder / entry.file_name), task.channels, entry.name)
    noise_seed = derive(seed, "noise", spec.name, entry.name)
    return add_noise(target, task.sigma, noise_seed), target


def _sample(spec: DatasetSpec, folder: Path, task: Task, entry: FileEntry, seed: int) -> Sample:
    degraded, target = degraded_and_target(spec, folder, task, entry, seed)
    floor = enlarge(degraded, task.scale) if task.scale else degraded
    return Sample(entry.name, degraded, target, floor)


def _low_and_high(
    spec: DatasetSpec, folder: Path, task: Task, entry: FileEntry
) -> tuple[Tensor, Tensor]:
    """Prefer the published files of this factor; otherwise shrink the clean image."""
    published = {f.role: f for f in spec.files if (f.name, f.scale) == (entry.name, task.scale)}
    target = published.get("target", entry)
    high = crop_to_multiple(read_pixels(folder / target.file_name), task.scale)
    if "degraded" in published:
        low = read_pixels(folder / published["degraded"].file_name)
        _check_sizes(low, high, task.scale, published["degraded"].file_name)
    else:
        low = shrink(high, task.scale)
    return tuple(to_channels(pixels, task.channels, entry.name) for pixels in (low, high))


def _check_sizes(low: np.ndarray, high: np.ndarray, scale: int, name: str) -> None:
    expected = tuple(side // scale for side in high.shape[:2])
    if low.shape[:2] != expected:
        raise BenchError(f"{name} has {low.shape[:2]} pixels, expected {expected}: a wrong copy.")


def _selected(spec: DatasetSpec, images: int | list[str] | None) -> list[FileEntry]:
    if images is None:
        return spec.targets
    if isinstance(images, int):
        return spec.targets[:images]
    unknown = sorted(set(images) - {entry.name for entry in spec.targets})
    if unknown:
        known = ", ".join(entry.name for entry in spec.targets)
        raise BenchError(
            f"`images`: data set '{spec.name}' has no {', '.join(unknown)}. Known: {known}."
        )
    return [entry for entry in spec.targets if entry.name in images]
