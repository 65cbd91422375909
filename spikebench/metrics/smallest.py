"""How large an image must be to be scored, and which images of a data set are smaller."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from spikebench.data.images import sides
from spikebench.data.pairs import target_file
from spikebench.data.registry import DatasetSpec
from spikebench.data.samples import selected
from spikebench.errors import BenchError
from spikebench.metrics.protocols import protocol
from spikebench.task import Task

WINDOW = 11  # side of SSIM's window in pixels (Wang et al., TIP 2004)
SHOWN = 5


def refuse_small_images(
    spec: DatasetSpec,
    folder: Path,
    task: Task,
    protocols: Iterable[str],
    images: int | list[str] | None = None,
) -> None:
    """Raise `BenchError` that names the chosen images below `folder` on which SSIM is undefined.

    Its window has to fit into what is left of an image within the border of each protocol. Only the
    headers of the files are read.
    """
    for name in protocols:
        border = protocol(name).border(task.scale)
        least = WINDOW + 2 * border
        small = [
            f"{file} ({width} x {height})"
            for file, (height, width) in _sizes(spec, folder, task, images)
            if min(width, height) < least
        ]
        if small:
            raise BenchError(
                f"'{spec.name}' has images that are too small for SSIM under {name}, which needs "
                f"{least} pixels a side (a window of {WINDOW}, and a border of {border}): "
                f"{', '.join(small[:SHOWN])}{', ...' if len(small) > SHOWN else '.'} Take them out "
                "of the set, or choose others with `images`."
            )


def _sizes(
    spec: DatasetSpec, folder: Path, task: Task, images: int | list[str] | None
) -> Iterator[tuple[Path, tuple[int, ...]]]:
    """Yield the file of each clean image and the sides of what is restored, in pixels."""
    for entry in selected(spec, images):
        file = folder / target_file(spec, task, entry).file_name
        yield file, tuple(side - side % (task.scale or 1) for side in sides(file))
