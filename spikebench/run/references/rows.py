"""What a configuration says of its rows: methods, their options, recipes, the reference row."""

from collections.abc import Iterator
from pathlib import Path

from spikebench.errors import BenchError
from spikebench.options.check import accepted
from spikebench.options.declared import Declared, declared
from spikebench.run import catalogue
from spikebench.run.config import RunConfig
from spikebench.run.references.complaints import unknown


def of_methods(config: RunConfig, root: Path) -> Iterator[str]:
    """Yield a sentence for each row whose method no file or several have, and for its options."""
    known = catalogue.method_names(config.method_paths, root)
    for label in config.methods:
        name = config.method_name(label)
        yield from unknown(f"methods.{label}", "method", name, known)
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


def of_titles(config: RunConfig) -> Iterator[str]:
    """Yield a sentence for each row whose title another row has: no table would tell them apart."""
    first: dict[str, str] = {}
    for label, row in config.methods.items():
        if row.title and first.setdefault(row.title, label) != label:
            yield (
                f"`methods.{label}.title`: '{row.title}' is the title of `methods."
                f"{first[row.title]}` already. Give each row a title of its own."
            )


def of_recipes(config: RunConfig, root: Path) -> Iterator[str]:
    """Yield a sentence for each recipe that is in no file, is missing, or reserves no thread."""
    known = catalogue.recipe_names(root)
    for label in config.methods:
        if recipe := config.recipe(label):
            yield from unknown(f"methods.{label}.tuned", "recipe", recipe, known)
            yield from _threads_of(recipe, root) if recipe in known else []
        else:
            yield from _missing_recipe(label, config, root)


def _missing_recipe(label: str, config: RunConfig, root: Path) -> Iterator[str]:
    try:
        says = _declared(label, config, root)
    except BenchError:  # another line says that there is no such file
        return
    if says and says.recipe:
        yield (
            f"`methods.{label}`: method '{config.method_name(label)}' converts trained weights, "
            f"and the row names no recipe of finetuning/. Write `tuned: {says.recipe}` in it."
        )


def _threads_of(recipe: str, root: Path) -> Iterator[str]:
    """Complain of a recipe's number of threads, which Snakemake reserves before a job reads it."""
    threads = catalogue.tuning_threads(recipe, root)
    if not isinstance(threads, int) or threads < 1:
        yield (
            f"{catalogue.recipe_file(recipe)}: `training.threads` is {threads!r}. Expected: a "
            "whole number, at least 1."
        )


def of_reference_row(config: RunConfig, root: Path) -> Iterator[str]:
    """Yield a sentence if the reference row is in no file, or is itself a reference."""
    if config.reference_row is not None:
        yield from unknown("reference_row", "row", config.reference_row, list(config.methods))
        yield from _without_a_curve(config.reference_row, config, root)


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
