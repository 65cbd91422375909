"""The jobs of a run: a conversion per (backbone, method, seed), an evaluation per data set too.

The settings here are the keyword arguments of `stages.convert` and `stages.evaluate` that are not
files. Snakemake compares them between runs, so a changed option re-runs its own cells only.
"""

from pathlib import Path
from typing import Any

from spikebench.run import catalogue
from spikebench.run.cell import Cell
from spikebench.run.config import Benchmark, RunConfig


def cells(config: RunConfig) -> list[Cell]:
    """Return every cell of a run, in the order of the configuration."""
    return [
        Cell(dataset, backbone, method, seed)
        for dataset, backbone, benchmark in config.pairs()
        for method in benchmark.methods or config.methods
        for seed in config.seeds
    ]


def calibration_dataset(config: RunConfig, backbone: str, root: Path = Path()) -> str:
    """Return the name of the training set that calibrates a backbone."""
    return config.calibration.datasets[catalogue.backbone_task(backbone, root)]


def conversion_settings(
    config: RunConfig, backbone: str, method: str, seed: int, root: Path = Path()
) -> dict[str, Any]:
    """Return what decides a conversion besides its files, fit for JSON."""
    return {
        "backbone": backbone,
        "method_label": method,
        "method_options": config.methods[method].options,
        "calibration": calibration_dataset(config, backbone, root),
        "patches": config.calibration.patches,
        "size": config.calibration.size,
        "timesteps": config.grid(method, _largest(config, backbone, method)),
        "readout": config.readout,
        "seed": seed,
    }


def evaluation_settings(config: RunConfig, cell: Cell, root: Path = Path()) -> dict[str, Any]:
    """Return what decides an evaluation besides its files and its conversion, fit for JSON."""
    calibration = calibration_dataset(config, cell.backbone, root)
    return {
        "dataset": cell.dataset,
        "backbone": cell.backbone,
        "method_label": cell.method,
        "method_options": config.methods[cell.method].options,
        "timesteps": config.grid(cell.method, _benchmark(config, cell).up_to),
        "calibration": calibration,
        "images": _images(config, cell),
        "seed": cell.seed,
    }


def in_pairs(config: RunConfig) -> bool:
    """Tell whether one job evaluates all cells of a data set and a backbone: where a GPU may."""
    return config.device != "cpu"


def parts(config: RunConfig, cell: Cell, root: Path = Path()) -> list[range]:
    """Return which images the jobs of a cell take, as positions; none where one job takes all.

    One job does where a GPU may, which takes all rows besides.
    """
    images, size = _images(config, cell), config.images_per_job
    whole = catalogue.dataset(cell.dataset, root).images
    count = len(set(images)) if isinstance(images, list) else min(images or whole, whole)
    if size is None or count <= size or in_pairs(config):
        return []
    return [range(first, min(first + size, count)) for first in range(0, count, size)]


def _images(config: RunConfig, cell: Cell) -> int | list[str] | None:
    return _benchmark(config, cell).images


def _benchmark(config: RunConfig, cell: Cell) -> Benchmark:
    return next(
        benchmark
        for data, net, benchmark in config.pairs()
        if (data, net) == (cell.dataset, cell.backbone)
        and cell.method in (benchmark.methods or config.methods)
    )


def _largest(config: RunConfig, backbone: str, method: str) -> int | None:
    """Return the largest T that a row needs on a backbone, on any data set; None without a limit.

    A backbone has one conversion for all of its data sets.
    """
    limits = [
        benchmark.up_to
        for _, net, benchmark in config.pairs()
        if net == backbone and method in (benchmark.methods or config.methods)
    ]
    return None if None in limits or not limits else max(filter(None, limits))


def wanted_images(config: RunConfig, dataset: str, root: Path = Path()) -> int | list[str] | None:
    """Return which images of a data set have to be fetched; None for all of them.

    A part is enough where the run names one and the files outside it are not pinned: such sets may
    be large, and a pinned set is what the backbones are verified on.
    """
    wanted = [benchmark.images for data, _, benchmark in config.pairs() if data == dataset]
    if not wanted or catalogue.is_pinned(dataset, root):
        return None
    counts = [images for images in wanted if isinstance(images, int)]
    if len(counts) == len(wanted):
        return max(counts)
    return wanted[0] if wanted.count(wanted[0]) == len(wanted) else None
