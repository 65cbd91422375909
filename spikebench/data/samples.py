"""The images of a data set as a task sees them: degraded, target, floor."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from spikebench.data.degrade import enlarge
from spikebench.data.entry import FileEntry
from spikebench.data.pairs import degraded_and_target
from spikebench.data.registry import DatasetSpec
from spikebench.errors import BenchError
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
    if task.label not in spec.tasks:
        served = ", ".join(spec.tasks)
        raise BenchError(f"Data set '{spec.name}' serves {served}, not {task.label}.")
    for entry in selected(spec, images):
        yield _sample(spec, folder, task, entry, seed)


def subset_label(spec: DatasetSpec, images: int | list[str] | None) -> str:
    """Return the set's name in tables: `urban100`, or `urban100[20]` for its first 20 images.

    Images chosen by name are marked by their number and four digits of a hash of their names, such
    as `set12[2:5f1e]`: two choices of equal size are different sets.
    """
    names = [entry.name for entry in selected(spec, images)]
    if len(names) == spec.images:
        return spec.name
    if isinstance(images, int):
        return f"{spec.name}[{len(names)}]"
    digest = hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()
    return f"{spec.name}[{len(names)}:{digest[:4]}]"


def _sample(spec: DatasetSpec, folder: Path, task: Task, entry: FileEntry, seed: int) -> Sample:
    degraded, target = degraded_and_target(spec, folder, task, entry, seed)
    floor = enlarge(degraded, task.enlargement) if task.enlargement > 1 else degraded
    return Sample(entry.name, degraded, target, floor)


def selected(spec: DatasetSpec, images: int | list[str] | None) -> list[FileEntry]:
    """Return the chosen clean images in the set's order.

    Raises `BenchError` for an unknown name, and where less of the set was fetched than is chosen.
    """
    if isinstance(images, list):
        return _named(spec, images)
    wanted = min(images or spec.images, spec.images)
    if len(spec.targets) < wanted:
        raise BenchError(
            f"Data set '{spec.name}' was fetched in part: {len(spec.targets)} of its images are "
            f"here, {wanted} are needed. Delete resources/datasets/{spec.name} and run again."
        )
    return spec.targets[:wanted]


def _named(spec: DatasetSpec, names: list[str]) -> list[FileEntry]:
    unknown = sorted(set(names) - {entry.name for entry in spec.targets})
    if unknown:
        known = ", ".join(entry.name for entry in spec.targets)
        raise BenchError(
            f"`images`: data set '{spec.name}' has no {', '.join(unknown)}. Known: {known}."
        )
    return [entry for entry in spec.targets if entry.name in names]
