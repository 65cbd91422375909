"""The command line: what a configuration may name, and whether a method keeps its contract."""

import inspect
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
import yaml

from spikebench import __version__
from spikebench.adding.commands import commands as add
from spikebench.errors import BenchError
from spikebench.io.yaml import suggestion
from spikebench.options.check import in_words
from spikebench.run import catalogue, paths
from spikebench.run.load import load_config
from spikebench.run.progress import progress as measured_progress

METHODS = (Path("methods"),)
RUN = "<run>"
RESULTS = paths.results(RUN)

commands = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
commands.add_typer(add, name="add")


class Kind(StrEnum):
    """What can be listed."""

    methods = "methods"
    datasets = "datasets"
    backbones = "backbones"


@commands.command("list")
def list_names(kind: Annotated[Kind, typer.Argument(help="What to list.")]) -> None:
    """List the names that a configuration may use."""
    names = _names()[kind]
    if not names:
        raise BenchError(
            f"There are no {kind} here. Run this in the root folder of the checkout, or in one "
            "that Snakemake has worked in."
        )
    typer.echo("\n".join(names))


@commands.command()
def describe(name: Annotated[str, typer.Argument(help="A name shown by `list`.")]) -> None:
    """Show what a method, a data set or a backbone is, and its options."""
    describers = {Kind.methods: _method, Kind.datasets: _dataset, Kind.backbones: _backbone}
    names = _names()
    kinds = [kind for kind in Kind if name in names[kind]]
    if not kinds:
        known = [known for group in names.values() for known in group]
        hint = suggestion(name, known)
        raise BenchError(f"Nothing is called '{name}'.{hint} Known: {', '.join(known)}.")
    typer.echo("\n".join(describers[kind](name) for kind in kinds))


@commands.command()
def check(
    method: Annotated[str, typer.Argument(help="A name shown by `list`, or a method file.")],
) -> None:
    """Check a method on three tiny networks: one line a check, status 1 if any failed."""
    from spikebench.conformance import Verdict, check_method  # imports torch

    failed = 0
    for result in check_method(_method_file(method)):
        typer.echo(result)
        failed += result.verdict is Verdict.FAILED
    if failed:
        typer.echo(f"\n{failed} failed. methods/README.md says what a method has to keep.")
        raise typer.Exit(1)


@commands.command()
def verify(
    release: Annotated[Path, typer.Argument(help="A folder that `snakemake release` made.")],
) -> None:
    """Recompute the ids of a release: was a single number changed? Status 1 if one was."""
    from spikebench.release import verify  # imports pandas

    verdict = verify(release)
    typer.echo("\n".join(verdict.lines()))
    if not verdict.sound:
        raise typer.Exit(1)


@commands.command()
def reproduce(
    results: Annotated[
        Path, typer.Argument(help=f"The results of a finished run, {RESULTS}, or of a release.")
    ],
    cells: Annotated[int, typer.Option(help="How many cells are computed again.")] = 30,
    seed: Annotated[int, typer.Option(help="Of the draw: the same cells for the same seed.")] = 1,
    cores: Annotated[str, typer.Option(help="Jobs at a time, or `all`.")] = "1",
    most_seconds: Annotated[
        float | None, typer.Option(help="Draw no cell whose simulation took longer there.")
    ] = None,
    any_evaluator: Annotated[
        bool, typer.Option("--any-evaluator", help="Compute with other code than the table's.")
    ] = False,
    any_device: Annotated[
        bool,
        typer.Option("--any-device", help="Draw cells of another kind of processor as well."),
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write what came of it, as .md or .json.")
    ] = None,
    work: Annotated[
        Path | None, typer.Option(help="The folder to compute in; below reproduced/ if left out.")
    ] = None,
) -> None:
    """Compute random cells of a table again: is every number equal to the bit? Else status 1."""
    from spikebench.release import reproduce as again  # imports pandas

    if report:
        again.check_ending(report)
    found = again.reproduce(
        results,
        cells=cells,
        seed=seed,
        cores=cores,
        most_seconds=most_seconds,
        any_evaluator=any_evaluator,
        any_device=any_device,
        work=work,
    )
    typer.echo("\n".join(found.lines()))
    if report:
        again.write_evidence(found, report)
    if not found.equal:
        raise typer.Exit(1)


@commands.command()
def merge(
    first: Annotated[Path, typer.Argument(help=f"The results of a finished run, {RESULTS}.")],
    second: Annotated[Path, typer.Argument(help="Those of another.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="A new folder of results.")],
    renew: Annotated[
        bool,
        typer.Option(help="What the second run measured again replaces rows of the first."),
    ] = False,
    proof: Annotated[
        list[Path] | None,
        typer.Option(help="A report of `reproduce --any-evaluator` as JSON; may be repeated."),
    ] = None,
) -> None:
    """Merge two finished runs into one; each conflict is a line, and then nothing is written."""
    from spikebench.release.merge import merge  # imports pandas

    for line in merge(first, second, output, renew=renew, proofs=proof or ()):
        typer.echo(line, err=True)
    typer.echo(f"{output} holds the counts of both. Rank and show them: spikebench render {output}")


@commands.command()
def render(
    results: Annotated[Path, typer.Argument(help=f"A folder of results, {RESULTS}.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help=f"The site; {paths.report(RUN)} if left out."),
    ] = None,
    trust: Annotated[
        Path | None,
        typer.Option(help=f"{paths.TRUST}; {paths.TRUST.name} beside the tables if left out."),
    ] = None,
) -> None:
    """Price, rank, compare and show the counts of a run, with nothing measured again."""
    from spikebench.stages.render import render  # imports pandas and altair

    page = render(results, output or paths.report(results.name), trust)
    typer.echo(f"The page is {page}")


@commands.command()
def progress(
    configfile: Annotated[Path, typer.Option(help="The configuration of the run.")] = Path(
        "config/default.yaml"
    ),
) -> None:
    """Say how far a run is, and about how long it still takes; nothing is run."""
    state = measured_progress(load_config(configfile))
    typer.echo(f"{state.pairs_done} of {state.pairs} pairs of a data set and a network")
    typer.echo(f"{state.cells_done} of {state.cells} cells")
    typer.echo(state.time_left)


@commands.command()
def readme(
    run: Annotated[
        str, typer.Argument(help="The run whose results README.md shows.")
    ] = "published",
) -> None:
    """Write the chart and the top rows of a run into README.md, between its marks."""
    from spikebench.report.readme import write_readme  # imports altair

    write_readme(paths.results(run), paths.report(run), Path("README.md"))


@commands.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """Print the version if asked for."""
    if show:
        typer.echo(__version__)
        raise typer.Exit


def _method_file(name: str) -> Path:
    if name.endswith(".py"):
        return Path(name)
    known = catalogue.method_names(METHODS)
    if name not in known:
        raise BenchError(
            f"There is no method '{name}'.{suggestion(name, known)} Name one that `spikebench list "
            "methods` shows, or a file: path/to/my_method.py."
        )
    return catalogue.method_file(name, METHODS)


def _names() -> dict[Kind, list[str]]:
    return {
        Kind.methods: catalogue.method_names(METHODS),
        Kind.datasets: catalogue.dataset_names(),
        Kind.backbones: catalogue.backbone_names(),
    }


def _method(name: str) -> str:
    from spikebench.snn import load_method  # imports torch, which `list` should not wait for

    method = load_method(catalogue.method_file(name, METHODS))
    options = "".join(
        f"\n  {option}: {json.dumps(getattr(method, option))} ({in_words(hint)})"
        for option, hint in method.options().items()
    )
    about = inspect.getdoc(inspect.getmodule(type(method)))
    return f"{method.title} ({method.family}, {method.citation})\n\n{about}\n\noptions:{options}"


def _dataset(name: str) -> str:
    from spikebench.data.registry import load_dataset

    return _as_yaml(load_dataset(name).model_dump(mode="json"))


def _backbone(name: str) -> str:
    from spikebench.ann.backbone import load_backbone_spec

    return _as_yaml(load_backbone_spec(name).model_dump(mode="json"))


def _as_yaml(data: dict) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)


def app() -> None:
    """Run the command line; a BenchError ends it with its message alone and status 1."""
    try:
        commands()
    except BenchError as error:
        typer.echo(error, err=True)
        raise SystemExit(1) from None
