"""Do the data sets, images and backbones of a configuration fit each other?"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from spikebench.data.leaks import refuse_leak
from spikebench.errors import BenchError
from spikebench.io.yaml import suggestion
from spikebench.run import catalogue
from spikebench.run.config import Benchmark, RunConfig
from spikebench.run.references.complaints import repeated, unknown


def misfits(config: RunConfig, root: Path) -> Iterator[str]:
    """Yield a sentence for each set, image or backbone that does not go with the others."""
    yield from _of_images(config, root)
    yield from _missing_architectures(config, root)
    yield from _of_training_sets(config, root)
    for (dataset, backbone), entries in _entries(config).items():
        yield from _of_task(config, dataset, backbone, root)
        yield from _of_several(config, (dataset, backbone), entries)
        yield from _leaks(config, dataset, backbone, root)


def _entries(config: RunConfig) -> dict[tuple[str, str], list[Benchmark]]:
    """Return the entries of `benchmarks` that name each pair (data set, backbone)."""
    found: dict[tuple[str, str], list[Benchmark]] = {}
    for dataset, backbone, benchmark in config.pairs():
        found.setdefault((dataset, backbone), []).append(benchmark)
    return found


def _of_several(
    config: RunConfig, pair: tuple[str, str], entries: list[Benchmark]
) -> Iterator[str]:
    """Complain of entries of one pair that share rows, or that are not of the same images."""
    rows = Counter(row for entry in entries for row in entry.methods or config.methods)
    if twice := [row for row, times in rows.items() if times > 1 and len(entries) > 1]:
        yield (
            f"`benchmarks`: {pair} is listed twice with the rows {', '.join(twice)}. Keep each row "
            "in one of the entries."
        )
    for key in ("images", "pictures"):
        first, *others = (getattr(entry, key) for entry in entries)
        if other := [value for value in others if value != first]:
            yield (
                f"`benchmarks`: {pair} is listed with `{key}` {first} and {other[0]}, and its rows "
                "share a board. Write the same in each of its entries."
            )


def _of_task(config: RunConfig, dataset: str, backbone: str, root: Path) -> Iterator[str]:
    task, tasks = catalogue.backbone_task(backbone, root), catalogue.dataset(dataset, root).tasks
    if task not in tasks:
        yield (
            f"`benchmarks`: backbone '{backbone}' is trained for {task}, but data set "
            f"'{dataset}' serves {', '.join(tasks)}. Pair it with a data set for {task}."
        )
    if task not in config.calibration.datasets:
        yield f"`calibration.datasets.{task}` is missing: backbone '{backbone}' needs it."


def _of_images(config: RunConfig, root: Path) -> Iterator[str]:
    """Complain of images that a set does not have: too many, or names that its list lacks."""
    for position, benchmark in enumerate(config.benchmarks):
        names = benchmark.images if isinstance(benchmark.images, list) else []
        yield from repeated(f"benchmarks.{position}.images", names)
        for dataset in benchmark.datasets:
            spec = catalogue.dataset(dataset, root)
            if isinstance(benchmark.images, int) and benchmark.images > spec.images:
                yield (
                    f"`benchmarks.{position}.images` is {benchmark.images}, but data set "
                    f"'{dataset}' has {spec.images}. Write at most {spec.images}, or null for all "
                    "of them; sets of other sizes can stand in an entry of their own."
                )
            known = [entry.name for entry in spec.targets]
            for name in sorted(set(names) - set(known)) if known else []:
                yield (
                    f"`benchmarks.{position}.images`: data set '{dataset}' has no image '{name}'."
                    f"{suggestion(name, known)} It has {len(known)}, such as {known[0]}."
                )


def _missing_architectures(config: RunConfig, root: Path) -> Iterator[str]:
    """Complain of backbones whose architecture is no file.

    Where a run was finished before, Snakemake would take its tables for those of this one.
    """
    known = [file.stem for file in catalogue.architecture_files(root)]
    for backbone in dict.fromkeys(backbone for _, backbone, _ in config.pairs()):
        name = catalogue.architecture(backbone, root)
        yield from unknown(f"architecture` of `{backbone}", "architecture", name, known)


def _of_training_sets(config: RunConfig, root: Path) -> Iterator[str]:
    for task, name in config.calibration.datasets.items():
        spec, size = catalogue.dataset(name, root), config.calibration.size
        if spec.role != "train":
            yield (
                f"`calibration.datasets.{task}`: '{name}' is a test set, and nothing may be "
                "calibrated on one. Name a training set."
            )
        if size > spec.sides[1]:
            yield (
                f"`calibration.size` is {size}, but no image of '{name}' has a side of more than "
                f"{spec.sides[1]} pixels. Lower it."
            )


def _leaks(config: RunConfig, dataset: str, backbone: str, root: Path) -> Iterator[str]:
    """Complain of training images among the test images, as far as their pixels are known."""
    task = catalogue.backbone_task(backbone, root)
    uses = {
        catalogue.tuning_dataset(recipe, backbone, root): f"on which {recipe} trains {backbone}"
        for recipe in filter(None, map(config.recipe, config.methods))
    }
    if catalogue.has_recipe(backbone, root):
        uses[catalogue.training_dataset(backbone, root)] = f"on which {backbone} was trained"
    if task in config.calibration.datasets:
        uses[config.calibration.datasets[task]] = f"which calibrates {backbone}"
    for training, purpose in uses.items():
        try:
            refuse_leak(
                catalogue.dataset(training, root), catalogue.dataset(dataset, root), purpose
            )
        except BenchError as error:
            yield str(error)
