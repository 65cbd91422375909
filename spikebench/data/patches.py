"""Patches of training images, for calibration: a fixed and recorded list of them."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Generator, Tensor

from spikebench.data.pairs import degraded_and_target
from spikebench.data.registry import DatasetSpec
from spikebench.errors import BenchError
from spikebench.seeds import derive
from spikebench.task import Task


@dataclass(frozen=True)
class Patches:
    """`degraded` (N, C, size, size), `target` (N, C, size * scale, ..), and where each was cut."""

    degraded: Tensor
    target: Tensor
    record: list[str]


def calibration_patches(
    spec: DatasetSpec, folder: Path, task: Task, *, seed: int, count: int, size: int
) -> Patches:
    """Cut `count` patches of `size` degraded pixels a side at random places of random images.

    The same seed gives the same patches. Raises `BenchError` for a test set, and for a set none of
    whose images holds a patch of this size.
    """
    if spec.role != "train":
        raise BenchError(
            f"Data set '{spec.name}' is a test set: nothing may be calibrated on it. Name a "
            "training set under `calibration.datasets`."
        )
    random = Generator().manual_seed(derive(seed, "calibration", spec.name))
    drawn = torch.randint(len(spec.targets), (count,), generator=random).tolist()
    images = {
        index: degraded_and_target(spec, folder, task, spec.targets[index], seed)
        for index in sorted(set(drawn))
    }
    scale = task.enlargement
    cut = []
    for index in drawn:
        degraded, target = images[index]
        top, left = (_offset(side, size, spec, random) for side in degraded.shape[-2:])
        cut.append(
            (
                _window(degraded, top, left, size),
                _window(target, top * scale, left * scale, size * scale),
                f"{spec.targets[index].name}@{top},{left}",
            )
        )
    inputs, targets, record = zip(*cut, strict=True)
    return Patches(torch.cat(inputs), torch.cat(targets), list(record))


def _offset(side: int, size: int, spec: DatasetSpec, random: Generator) -> int:
    if side < size:
        raise BenchError(
            f"Data set '{spec.name}' has an image of {side} pixels a side, too small for "
            f"calibration patches of {size}. Lower `calibration.size`."
        )
    return int(torch.randint(side - size + 1, (), generator=random))


def _window(image: Tensor, top: int, left: int, size: int) -> Tensor:
    return image[:, :, top : top + size, left : left + size]
