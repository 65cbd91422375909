"""One image as a task sees it: what the network receives and what it should return."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from spikebench.data.degrade import add_noise, crop_to_multiple, enlarge, shrink
from spikebench.data.entry import FileEntry
from spikebench.data.images import read_pixels, to_channels
from spikebench.data.rain import add_rain
from spikebench.data.registry import DatasetSpec
from spikebench.errors import BenchError
from spikebench.seeds import derive
from spikebench.task import Task


def degraded_and_target(
    spec: DatasetSpec, folder: Path, task: Task, entry: FileEntry, seed: int
) -> tuple[Tensor, Tensor]:
    """Return what the network receives (1, C, h, w) and what it should return (1, C, H, W).

    Where the set has no rainy files, rain is synthetic, drawn from the seed and the image's name.
    """
    match task.kind:
        case "super_resolution":
            assert task.scale is not None  # a Task of this kind has one
            low, high = _low_and_high(spec, folder, task, task.scale, entry)
            return enlarge(low, task.scale) if task.enlarged else low, high
        case "derain":
            return _rainy_and_clean(spec, folder, task, entry, seed)
        case "denoise":
            assert task.sigma is not None
            target = clean(spec, folder, task, entry)
            noise_seed = derive(seed, "noise", spec.name, entry.name)
            return add_noise(target, task.sigma, noise_seed), target


def clean(spec: DatasetSpec, folder: Path, task: Task, entry: FileEntry) -> Tensor:
    """Return an image (1, C, H, W) in [0, 1] as it lies in the set, in the task's channels."""
    return _in_channels(read_pixels(folder / entry.file_name), spec, task, entry)


def target_file(spec: DatasetSpec, task: Task, entry: FileEntry) -> FileEntry:
    """Return the file that an image's target is made of: the set's own of the task's factor."""
    return _published(spec, entry, task.scale).get("target", entry)


def _in_channels(pixels: np.ndarray, spec: DatasetSpec, task: Task, entry: FileEntry) -> Tensor:
    return to_channels(pixels, task.channels, entry.name, grey_as_rgb=spec.grey_as_rgb)


def _low_and_high(
    spec: DatasetSpec, folder: Path, task: Task, scale: int, entry: FileEntry
) -> tuple[Tensor, Tensor]:
    """Prefer the published files of this factor; otherwise shrink the clean image."""
    published = _published(spec, entry, scale)
    target = target_file(spec, task, entry)
    high = crop_to_multiple(read_pixels(folder / target.file_name), scale)
    if "degraded" in published:
        low = read_pixels(folder / published["degraded"].file_name)
        _check_sizes(low, high, scale, published["degraded"].file_name)
    else:
        low = shrink(high, scale)
    return _in_channels(low, spec, task, entry), _in_channels(high, spec, task, entry)


def _rainy_and_clean(
    spec: DatasetSpec, folder: Path, task: Task, entry: FileEntry, seed: int
) -> tuple[Tensor, Tensor]:
    target = clean(spec, folder, task, entry)
    published = _published(spec, entry, None)
    if "degraded" in published:
        rainy = clean(spec, folder, task, published["degraded"])
        if rainy.shape != target.shape:
            raise BenchError(
                f"{entry.name}: the rainy file has {tuple(rainy.shape[-2:])} pixels, the clean one "
                f"{tuple(target.shape[-2:])}: a wrong copy."
            )
        return rainy, target
    random = torch.Generator().manual_seed(derive(seed, "rain", spec.name, entry.name))
    return add_rain(target[0], random)[None], target


def _published(spec: DatasetSpec, entry: FileEntry, scale: int | None) -> dict[str, FileEntry]:
    """Return the set's own files of one image and factor, by role."""
    return {f.role: f for f in spec.files if (f.name, f.scale) == (entry.name, scale)}


def _check_sizes(low: np.ndarray, high: np.ndarray, scale: int, name: str) -> None:
    expected = tuple(side // scale for side in high.shape[:2])
    if low.shape[:2] != expected:
        raise BenchError(f"{name} has {low.shape[:2]} pixels, expected {expected}: a wrong copy.")
