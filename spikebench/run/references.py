"""Does everything that a configuration names exist, and do its parts fit each other?"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from spikebench.data.leaks import refuse_leak
from spikebench.energy.models import find_models
from spikebench.errors import BenchError
from spikebench.io.yaml import suggestion
from spikebench.options.check import accepted
from spikebench.options.declared import Declared, declared
from spikebench.run import catalogue
from spikebench.run.config import RunConfig


def check_references(config: RunConfig, place: str, root: Path) -> None:
    """Raise BenchError, one line per mistake, if a name is unknown or a pair does not fit."""
    # A pair can only be compared once both of its names are known.
    complaints = list(_unknown_names(config, root)) or list(_misfits(config, root))
    if complaints:
        raise BenchError("\n".join(f"{place}: {line}" for line in complaints))


def _unknown_names(config: RunConfig, root: Path) -> Iterator[str]:
    datasets, backbones = catalogue.dataset_names(root), catalogue.backbone_names(root)
    for task, name in config.calibration.datasets.items():
        yield from _unknown(f"calibration.datasets.{task}", "data set", name, datasets)
    for position, benchmark in enumerate(config.benchmarks):
        for name in benchmark.datasets:
            yield from _unknown(f"benchmarks.{position}.datasets", "data set", name, datasets)
        for name in benchmark.backbones:
            yield from _unknown(f"benchmarks.{position}.backbones", "backbone", name, backbones)
        for name in benchmark.methods or []:
            yield from _unknown(f"benchmarks.{position}.methods", "row", name, list(config.methods))
        yield from _repeated(f"benchmarks.{position}.methods", benchmark.methods or [])
    for name, source in config.provided.items():
        yield from _unknown(f"provided.{name}", "data set", name, datasets)
        if not source.exists():
            yield f"`provided.{name}`: there is no folder or archive {_in_full(source, Path())}."
    yield from _missing_folders(config, root) or _of_methods(config, root)
    for label in config.methods:
        if recipe := config.recipe(label):
            known = catalogue.recipe_names(root)
            yield from _unknown(f"methods.{label}.tuned", "recipe", recipe, known)
            yield from _threads_of(recipe, root) if recipe in known else []
    if config.reference_row is not None:
        yield from _unknown("reference_row", "row", config.reference_row, list(config.methods))
        yield from _without_a_curve(config.reference_row, config, root)
    try:
        find_models(config.energy_models, root)
    except BenchError as error:
        yield f"`energy_models`: {error}"


def _threads_of(recipe: str, root: Path) -> Iterator[str]:
    """Complain of a recipe's number of threads, which Snakemake reserves before a job reads it."""
    threads = catalogue.tuning_threads(recipe, root)
    if not isinstance(threads, int) or threads < 1:
        yield (
            f"{catalogue.recipe_file(recipe)}: `training.threads` is {threads!r}. Expected: a "
            "whole number, at least 1."
        )


def _in_full(path: Path, root: Path) -> str:
    """Return a path as the configuration has it and, if it is relative, where that leads."""
    return str(path) if path.is_absolute() else f"{path} ({(root / path).absolute()})"


def _missing_folders(config: RunConfig, root: Path) -> list[str]:
    return [
        f"`method_paths.{position}`: there is no folder {_in_full(folder, root)}. Name one that "
        "holds method files."
        for position, folder in enumerate(config.method_paths)
        if not (root / folder).is_dir()
    ]


def _of_methods(config: RunConfig, root: Path) -> Iterator[str]:
    """Complain of rows whose method is in no file, or in more than one, and of their options."""
    known = catalogue.method_names(config.method_paths, root)
    for label in config.methods:
        name = config.method_name(label)
        yield from _unknown(f"methods.{label}", "method", name, known)
        try:
            if name in known:
                yield from _of_options(label, config, root)
        except BenchError as error:
            yield f"`methods.{label}`: {error}"


def _of_options(label: str, config: RunConfig, root: Path) -> Iterator[str]:
    """Complain of options that the row's method lacks, and of values out of their range.

    Only of a method whose file says what they may be; any other is asked when it converts.
    """
    says = _declared(label, config, root)
    if says is None:
        return
    for option, value in config.methods[label].options.items():
        try:
            accepted(config.method_name(label), option, value, says.options, says.renamed)
        except BenchError as error:
            yield f"`methods.{label}.{option}`: {error}"


def _declared(label: str, config: RunConfig, root: Path) -> Declared | None:
    name = config.method_name(label)
    return declared((root / catalogue.method_file(name, config.method_paths, root)).absolute())


def _without_a_curve(label: str, config: RunConfig, root: Path) -> Iterator[str]:
    """Complain of a reference row that is itself a reference, where its file can be found."""
    try:
        says = _declared(label, config, root) if label in config.methods else None
    except BenchError:  # another line says that there is no such file
        return
    if says and says.family == "reference":
        yield (
            f"`reference_row`: '{label}' is a reference and has no curve over T. Name a row that "
            "spikes, or leave it out."
        )


def _unknown(key: str, kind: str, name: str, known: list[str]) -> Iterator[str]:
    if name not in known:
        hint = suggestion(name, known)
        yield f"`{key}`: unknown {kind} '{name}'.{hint} Known: {', '.join(known) or 'none'}."


def _repeated(key: str, names: list[str]) -> Iterator[str]:
    for name, times in Counter(names).items():
        if times > 1:
            yield f"`{key}`: '{name}' is listed {times} times. Keep one of them."


def _unknown_images(config: RunConfig, root: Path) -> Iterator[str]:
    """Complain of images that a set does not have: too many, or names that its list lacks."""
    for position, benchmark in enumerate(config.benchmarks):
        names = benchmark.images if isinstance(benchmark.images, list) else []
        yield from _repeated(f"benchmarks.{position}.images", names)
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
        yield from _unknown(f"architecture` of `{backbone}", "architecture", name, known)


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


def _misfits(config: RunConfig, root: Path) -> Iterator[str]:
    yield from _unknown_images(config, root)
    yield from _missing_architectures(config, root)
    yield from _of_training_sets(config, root)
    seen = set()
    for dataset, backbone, _ in config.pairs():
        task, tasks = (
            catalogue.backbone_task(backbone, root),
            catalogue.dataset(dataset, root).tasks,
        )
        if task not in tasks:
            yield (
                f"`benchmarks`: backbone '{backbone}' is trained for {task}, but data set "
                f"'{dataset}' serves {', '.join(tasks)}. Pair it with a data set for {task}."
            )
        if task not in config.calibration.datasets:
            yield f"`calibration.datasets.{task}` is missing: backbone '{backbone}' needs it."
        if (dataset, backbone) in seen:
            yield f"`benchmarks`: ('{dataset}', '{backbone}') is listed twice. Keep one of them."
        seen.add((dataset, backbone))
        yield from _leaks(config, dataset, backbone, root)


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
