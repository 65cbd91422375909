"""Names of data sets, backbones, folders and energy models that stand for nothing."""

from collections.abc import Iterator
from pathlib import Path

from spikebench.energy.models import find_models
from spikebench.errors import BenchError
from spikebench.run import catalogue
from spikebench.run.config import RunConfig
from spikebench.run.references.complaints import in_full, repeated, unknown
from spikebench.run.references.rows import of_methods, of_recipes, of_reference_row, of_titles


def unknown_names(config: RunConfig, root: Path) -> Iterator[str]:
    """Yield a sentence for each name that stands for nothing, the rows' options included."""
    yield from _of_benchmarks(config, root)
    yield from _of_provided(config, root)
    yield from _missing_folders(config, root) or of_methods(config, root)
    yield from of_titles(config)
    yield from of_recipes(config, root)
    yield from of_reference_row(config, root)
    try:
        find_models(config.energy_models, root)
    except BenchError as error:
        yield f"`energy_models`: {error}"


def _of_benchmarks(config: RunConfig, root: Path) -> Iterator[str]:
    datasets, backbones = catalogue.dataset_names(root), catalogue.backbone_names(root)
    for task, name in config.calibration.datasets.items():
        yield from unknown(f"calibration.datasets.{task}", "data set", name, datasets)
    for position, benchmark in enumerate(config.benchmarks):
        key, rows = f"benchmarks.{position}", benchmark.methods or []
        for name in benchmark.datasets:
            yield from unknown(f"{key}.datasets", "data set", name, datasets)
        for name in benchmark.backbones:
            yield from unknown(f"{key}.backbones", "backbone", name, backbones)
        for name in rows:
            yield from unknown(f"{key}.methods", "row", name, list(config.methods))
        yield from repeated(f"{key}.methods", rows)


def _of_provided(config: RunConfig, root: Path) -> Iterator[str]:
    for name, source in config.provided.items():
        yield from unknown(f"provided.{name}", "data set", name, catalogue.dataset_names(root))
        if not source.exists():
            yield f"`provided.{name}`: there is no folder or archive {in_full(source, Path())}."


def _missing_folders(config: RunConfig, root: Path) -> list[str]:
    return [
        f"`method_paths.{position}`: there is no folder {in_full(folder, root)}. Name one that "
        "holds method files."
        for position, folder in enumerate(config.method_paths)
        if not (root / folder).is_dir()
    ]
