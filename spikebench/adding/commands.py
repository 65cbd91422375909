"""`spikebench add dataset` and `spikebench add backbone` on the command line."""

from pathlib import Path
from typing import Annotated, Any, cast, get_args

import typer
import yaml

from spikebench.errors import BenchError
from spikebench.io.yaml import suggestion
from spikebench.task import NAMED_BY_KIND, Channels

TASKS, CHANNELS = f"{', '.join(NAMED_BY_KIND)}, or a name of yours", get_args(Channels)
commands = typer.Typer(no_args_is_help=True, help="Add images or a trained network of yours.")
Name = Annotated[str | None, typer.Option(help="Its name here; made of the path if left out.")]
Licence = Annotated[str | None, typer.Option(help="Who may use it, and how.")]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there under the name.")]


@commands.command()
def dataset(
    folder: Annotated[
        Path, typer.Argument(help="A folder of clean images, or of input/ and target/.")
    ],
    name: Name = None,
    task: Annotated[
        list[str] | None, typer.Option(help=f"What it serves: {TASKS}; else all.")
    ] = None,
    train: Annotated[
        bool, typer.Option("--train", help="It calibrates and trains, and is never tested on.")
    ] = False,
    licence: Licence = None,
    force: Force = False,
) -> None:
    """Describe a folder of images as a data set, and check every one of them."""
    from spikebench.adding.dataset import add_dataset  # imports torch

    said = add_dataset(
        folder,
        name=name,
        tasks=task or [],
        role="train" if train else "test",
        licence=licence,
        force=force,
    )
    typer.echo("\n".join(said))


@commands.command()
def backbone(
    file: Annotated[Path, typer.Argument(help="Trained weights: .pth, .ckpt, .safetensors, ...")],
    architecture: Annotated[
        str, typer.Option(help="A file of backbones/ without .py, or a .py file of yours.")
    ],
    name: Name = None,
    task: Annotated[str | None, typer.Option(help=f"What it was trained for: {TASKS}.")] = None,
    sigma: Annotated[float | None, typer.Option(help="The noise of a denoiser, of 255.")] = None,
    quality: Annotated[int | None, typer.Option(help="Of JPEG, 1 to 100.")] = None,
    scale: Annotated[int | None, typer.Option(help="The factor of a super-resolver.")] = None,
    channels: Annotated[
        str | None, typer.Option(help=f"Those it takes: {', '.join(CHANNELS)}.")
    ] = None,
    protocol: Annotated[
        str | None, typer.Option(help="How images are compared, docs/protocols.md.")
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(help="NAME=VALUE, an argument of the architecture's class."),
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="Where in the file the weights are, such as params_ema.")
    ] = None,
    licence: Licence = None,
    force: Force = False,
) -> None:
    """Describe trained weights as a backbone; load, run and convert them to see that they fit."""
    from spikebench.adding.backbone import Request, add_backbone  # imports torch
    from spikebench.adding.tasks import Wanted

    given = cast(Channels | None, _one_of("channels", channels, CHANNELS))
    request = Request(
        file=file,
        architecture=architecture,
        name=name,
        wanted=Wanted(task, given, sigma, quality, scale, protocol),
        options=dict(map(_argument, option or [])),
        key=key,
        licence=licence,
        force=force,
    )
    typer.echo("\n".join(add_backbone(request)))


def _one_of(option: str, value: str | None, known: tuple[str, ...]) -> str | None:
    if value is not None and value not in known:
        raise BenchError(
            f"--{option} is '{value}'.{suggestion(value, known)} Say one of {', '.join(known)}."
        )
    return value


def _argument(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not name.isidentifier() or not equals:
        raise BenchError(f"--option is '{text}'. Say NAME=VALUE, as in --option width=64.")
    try:
        return name, yaml.safe_load(value)
    except yaml.YAMLError:
        return name, value
