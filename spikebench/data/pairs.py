"""One image as a task sees it: what the network receives and what it should return."""

from pathlib import Path
from typing import NoReturn

import numpy as np
import torch
from torch import Tensor

from spikebench.data.degrade import add_noise, compress, crop_to_multiple, enlarge, shrink
from spikebench.data.entry import FileEntry
from spikebench.data.images import read_pixels, to_channels
from spikebench.data.rain import add_rain
from spikebench.data.registry import DatasetSpec
from spikebench.errors import BenchError
from spikebench.seeds import derive
from spikebench.task import Task

Pair = tuple[Tensor, Tensor]  # degraded (1, C, h, w), target (1, C, H, W)


def degraded_and_target(
    spec: DatasetSpec, folder: Path, task: Task, entry: FileEntry, seed: int
) -> Pair:
    """Return what the network receives (1, C, h, w) and what it should return (1, C, H, W).

    Super-resolution, rain and paired tasks take the set's own input of the image. Where it has
    none, the image is shrunk, or rain is drawn from the seed and the image's name; a paired task
    raises `BenchError`. Noise is always drawn, and JPEG always made here.
    """
    match task.kind:
        case "super_resolution":
            own = _own(spec, folder, task, entry) or _shrunk(spec, folder, task, entry)
            return _at_input_size(own, task)
        case "paired":
            return _at_input_size(
                _own(spec, folder, task, entry) or _no_input(spec, task, entry), task
            )
        case "derain":
            return _own(spec, folder, task, entry) or _rainy(spec, folder, task, entry, seed)
        case "jpeg":
            assert task.quality is not None  # a Task of this kind has one
            target = clean(spec, folder, task, entry)
            return compress(target[0], task.quality)[None], target
        case "denoise":
            assert task.sigma is not None
            target = clean(spec, folder, task, entry)
            noise_seed = derive(seed, "noise", spec.name, entry.name)
            return add_noise(target, task.sigma, noise_seed), target


def clean(spec: DatasetSpec, folder: Path, task: Task, entry: FileEntry) -> Tensor:
    """Return an image (1, C, H, W) in [0, 1] as it lies in the set, in the task's channels.

    For JPEG, whose files hold bytes, luminance is rounded to 8 bits, as MATLAB's rgb2ycbcr does.
    """
    image = _in_channels(read_pixels(folder / entry.file_name), spec, task, entry)
    return (image * 255 + 0.5).floor() / 255 if task.kind == "jpeg" else image


def target_file(spec: DatasetSpec, task: Task, entry: FileEntry) -> FileEntry:
    """Return the file that an image's target is made of: the set's own of the task's factor."""
    return _published(spec, entry, task.scale).get("target", entry)


def _own(spec: DatasetSpec, folder: Path, task: Task, entry: FileEntry) -> Pair | None:
    """Return the set's own input of an image with its target, None where it has no input."""
    degraded = _published(spec, entry, task.scale).get("degraded")
    if degraded is None:
        return None
    high = _cropped_target(spec, folder, task, entry)
    low = read_pixels(folder / degraded.file_name)
    expected = tuple(side // (task.scale or 1) for side in high.shape[:2])
    if low.shape[:2] != expected:
        raise BenchError(
            f"{degraded.file_name} has {low.shape[:2]} pixels, expected {expected}: a wrong copy."
        )
    return _in_channels(low, spec, task, entry), _in_channels(high, spec, task, entry)


def _shrunk(spec: DatasetSpec, folder: Path, task: Task, entry: FileEntry) -> Pair:
    assert task.scale is not None
    high = _cropped_target(spec, folder, task, entry)
    low = shrink(high, task.scale)
    return _in_channels(low, spec, task, entry), _in_channels(high, spec, task, entry)


def _rainy(spec: DatasetSpec, folder: Path, task: Task, entry: FileEntry, seed: int) -> Pair:
    target = clean(spec, folder, task, entry)
    random = torch.Generator().manual_seed(derive(seed, "rain", spec.name, entry.name))
    return add_rain(target[0], random)[None], target


def _no_input(spec: DatasetSpec, task: Task, entry: FileEntry) -> NoReturn:
    factor = f" of factor {task.scale}" if task.scale else ""
    raise BenchError(
        f"Data set '{spec.name}' has no input{factor} of image '{entry.name}', which a paired task "
        f"such as {task.label} takes from it. Add the file, with the role `degraded`."
    )


def _at_input_size(pair: Pair, task: Task) -> Pair:
    low, high = pair
    return (enlarge(low, task.scale), high) if task.enlarged and task.scale else pair


def _cropped_target(spec: DatasetSpec, folder: Path, task: Task, entry: FileEntry) -> np.ndarray:
    """Return the target's pixels; sides that are no multiple of the factor lose their end."""
    pixels = read_pixels(folder / target_file(spec, task, entry).file_name)
    return crop_to_multiple(pixels, task.scale or 1)


def _in_channels(pixels: np.ndarray, spec: DatasetSpec, task: Task, entry: FileEntry) -> Tensor:
    return to_channels(pixels, task.channels, entry.name, grey_as_rgb=spec.grey_as_rgb)


def _published(spec: DatasetSpec, entry: FileEntry, scale: int | None) -> dict[str, FileEntry]:
    """Return the set's own files of one image and factor, by role."""
    return {f.role: f for f in spec.files if (f.name, f.scale) == (entry.name, scale)}
