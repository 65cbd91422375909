"""A file of trained weights becomes a backbone: backbones/NAME.yaml, and a run that uses it."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError
from torch import nn

from spikebench.adding.configuration import board, configuration, next_step
from spikebench.adding.manifests import in_line, of_backbone
from spikebench.adding.names import own_name, refuse_outside
from spikebench.adding.options import Options, find_options
from spikebench.adding.proof import Ability, check_graph, restores, try_out
from spikebench.adding.tasks import Wanted, task_of
from spikebench.adding.write import refuse_to_replace, write_together
from spikebench.ann.architecture import construct
from spikebench.ann.backbone import BackboneSpec, Weights
from spikebench.ann.checkpoint import read_checkpoint
from spikebench.ann.choice import Choice
from spikebench.ann.weights import read_weights
from spikebench.errors import BenchError
from spikebench.io.checksums import file_sha256
from spikebench.io.yaml import explain, suggestion
from spikebench.run import catalogue
from spikebench.task import Task


@dataclass(frozen=True)
class Request:
    """What a user says of a network; what is None or left out is found, or asked for.

    `options` are arguments of the architecture's class, `key` is where the weights are in the file.
    """

    file: Path
    architecture: str
    name: str | None = None
    wanted: Wanted = field(default_factory=Wanted)
    options: Options = field(default_factory=dict)
    key: str | None = None
    licence: str | None = None
    force: bool = False


def add_backbone(request: Request, root: Path = Path()) -> list[str]:
    """Write backbones/NAME.yaml and config/NAME.yaml; say what was found.

    The weights stay where they are, pinned by their hash; an architecture of the user's is copied
    to backbones/. The network is loaded, run, compiled and compared first. Raises `BenchError`
    where one of that fails, where something has to be said, and where files are there already and
    `force` is not given; nothing is written then.
    """
    refuse_outside(root)
    name = own_name(request.name, request.file)
    manifest, run = root / f"backbones/{name}.yaml", root / f"config/{name}.yaml"
    refuse_to_replace([manifest, run], request.force)
    source, copied = _architecture(request, root)
    options = _options(request, source)
    network, choice = _loaded(request, source, options)
    ability = try_out(network, request.wanted.count)
    task = task_of(request.wanted, ability, options)
    spec = _spec(request, name, (copied or source).stem, options, ability, task, choice)
    said = [*_description(spec, choice, ability), *_proofs(network, task, ability, root)]
    boards = [board(task.label, root, backbone=name)]
    texts = {manifest: of_backbone(spec)}
    if not list(boards[0].lacking()):
        texts[run] = configuration(name, f"the backbone {name}", boards)
    if copied is not None and not _same(copied, source):
        texts[copied] = source.read_text(encoding="utf-8")
    write_together(texts, request.force)
    return [*said, f"Written: {', '.join(map(str, texts))}.", next_step(name, boards)]


def _architecture(request: Request, root: Path) -> tuple[Path, Path | None]:
    """Return the architecture's file, and where it is copied to if it is one of the user's."""
    if not request.architecture.endswith(".py"):
        known = [file.stem for file in catalogue.architecture_files(root)]
        if request.architecture not in known:
            raise BenchError(
                f"There is no architecture '{request.architecture}'."
                f"{suggestion(request.architecture, known)} Name one of {', '.join(known)}, or a "
                "file of yours: --architecture path/to/my_net.py."
            )
        return root / f"backbones/{request.architecture}.py", None
    source = Path(request.architecture)
    if not source.is_file():
        raise BenchError(f"There is no file {source}. Name the one that defines the network.")
    copied = root / f"backbones/{own_name(None, source)}.py"
    if not _same(copied, source):
        refuse_to_replace([copied], request.force)
    return source, copied


def _same(first: Path, second: Path) -> bool:
    return first.is_file() and first.read_bytes() == second.read_bytes()


def _options(request: Request, source: Path) -> Options:
    """Return the arguments of the class: those that are said, that the task says, or found."""
    if not request.file.is_file():
        raise BenchError(f"There is no file {request.file}. Name the one that holds the weights.")
    tensors = read_checkpoint(request.file)
    if request.key:
        start = f"{request.key}."
        tensors = {n.removeprefix(start): v for n, v in tensors.items() if n.startswith(start)}
    return find_options(source, request.options, request.wanted.numbers, tensors, request.file)


def _loaded(request: Request, source: Path, options: Options) -> tuple[nn.Module, Choice]:
    network = construct(source, options)
    choice = read_weights(request.file, _weights(request, request.key), network)
    network.load_state_dict(choice.state)
    return network.eval().requires_grad_(False), choice


def _weights(request: Request, key: str | None) -> Weights:
    file = request.file.resolve()
    pins = {"bytes": file.stat().st_size, "sha256": file_sha256(file)}
    return Weights.model_validate({"file": str(file), "key": key or None} | pins)


def _spec(
    request: Request,
    name: str,
    architecture: str,
    options: Options,
    ability: Ability,
    task: Task,
    choice: Choice,
) -> BackboneSpec:
    data = {
        "name": name,
        "title": request.file.stem,
        "architecture": architecture,
        "options": options,
        "task": task,
        "multiple": ability.multiple,
        "weights": _weights(request, choice.key),
        "citation": "none",
        "licence": request.licence or "not stated",
    }
    try:
        return BackboneSpec.model_validate(data)
    except ValidationError as error:
        raise BenchError(explain(error, BackboneSpec, data, f"backbone '{name}'")) from None


def _description(spec: BackboneSpec, choice: Choice, ability: Ability) -> list[str]:
    sides = f"sides that are multiples of {spec.multiple}" if spec.multiple > 1 else "any sides"
    larger = f"makes them {ability.enlargement} times as long" if ability.enlargement > 1 else ""
    return [
        f"{spec.name}: {spec.architecture} with {in_line(spec.options)}. {choice}",
        f"It runs on images of {ability.channels} channel{'s' * (ability.channels > 1)} and "
        f"{sides}, and {larger or 'keeps their size'}.",
    ]


def _proofs(network: nn.Module, task: Task, ability: Ability, root: Path) -> list[str]:
    sites = check_graph(network, ability)
    lines = [
        f"Its compiled graph has {sites} places for neurons and computes what the network does."
    ]
    restored = restores(network, task, ability, root)
    if restored is None:
        return [*lines, f"Whether it restores was not tried: no pairs of {task.label} are here."]
    before, after = restored
    lines.append(f"It takes one image from {before:.2f} to {after:.2f} dB ({task.protocol}).")
    if after <= before:
        lines.append(
            "Mind: it restores nothing. Is it for another task, does it expect values in 0 .. 255, "
            "or does it return the noise in place of the image?"
        )
    return lines
