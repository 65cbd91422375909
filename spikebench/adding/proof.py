"""What a network must be able to do before it is added: run, be compiled, and restore."""

import math
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor, nn

from spikebench.data.degrade import pad_to_multiple
from spikebench.data.embedded import write_crop
from spikebench.data.fetch.provided import take
from spikebench.data.samples import Sample, samples
from spikebench.errors import BenchError
from spikebench.io.local import at_home
from spikebench.metrics.image import measure
from spikebench.run import catalogue
from spikebench.snn.graph.compile import compile_graph
from spikebench.snn.graph.forward import run_ann
from spikebench.task import Task

PATCH = (31, 45)  # pixels, both odd
MULTIPLES = (1, 2, 4, 8, 16, 32, 64)
AGREEMENT = 1e-4  # of the largest value: the graph folds statistics into weights, in float32


@dataclass(frozen=True)
class Ability:
    """What was seen of a network.

    `channels` of its input and output, the `multiple` its input's sides must be of, and how many
    times larger than its input its output is, along each side.
    """

    channels: int
    multiple: int
    enlargement: int


def try_out(network: nn.Module, channels: int | None = None) -> Ability:
    """Run a network on a patch with odd sides; where it cannot, on the next multiples of 2, 4, ...

    `channels` is 1 or 3, or None to try both. Raises `BenchError`, with what the network says on
    the largest patch, where it runs on none, or gives an output of another form.
    """
    said = ""
    for multiple in MULTIPLES:
        for count in (channels,) if channels else (1, 3):
            image = _patch(count, multiple)
            try:
                with torch.inference_mode():
                    enlargement = _enlargement(image, network(image))
            except Exception as error:  # a network of the user's may raise anything
                said = f"{type(error).__name__}: {error}"
                continue
            return Ability(count, multiple, enlargement)
    raise BenchError(
        f"{type(network).__name__} does not run on images (1, C, H, W) with {channels or '1 or 3'} "
        f"channels, not even with sides that are multiples of {MULTIPLES[-1]}: {said}."
    )


def check_graph(network: nn.Module, ability: Ability) -> int:
    """Return the number of places for neurons in the compiled graph.

    Raises `BenchError` where the graph cannot be compiled, naming the operation, where it does not
    compute what the network does, and where it has no place for neurons.
    """
    image = _patch(ability.channels, ability.multiple)
    graph = compile_graph(network)
    with torch.inference_mode():
        expected, found = network(image), run_ann(graph, image)
    error = float((found - expected).abs().max() / expected.abs().max().clamp(min=1e-12))
    if not error <= AGREEMENT:
        raise BenchError(
            f"The compiled graph of {type(network).__name__} differs from the network by "
            f"{error:.1e} of its largest value on a patch of {image.shape[-2]} x {image.shape[-1]} "
            f"pixels, more than {AGREEMENT:.0e}. Does something in `forward` depend on chance, or "
            "on the number of calls?"
        )
    if not graph.sites:
        raise BenchError(f"{type(network).__name__} has no ReLU: nothing in it can spike.")
    return len(graph.sites)


def restores(
    network: nn.Module, task: Task, ability: Ability, root: Path
) -> tuple[float, float] | None:
    """Return the PSNR in dB of one image as degraded by the task, and restored.

    It is an embedded photograph, or of a task with pairs the first of a set that the user added;
    None where there is no such set.
    """
    sample = _sample(task, root)
    if sample is None:
        return None
    height, width = sample.target.shape[-2:]
    with torch.inference_mode():
        image = network(pad_to_multiple(sample.degraded, ability.multiple))[..., :height, :width]
    before, after = (
        measure(value, sample.target, task.protocol, scale=task.scale).psnr
        if value.isfinite().all()
        else -math.inf
        for value in (sample.floor, image)
    )
    return before, after


def _sample(task: Task, root: Path) -> Sample | None:
    known = [catalogue.dataset(name, root) for name in ["embedded", *catalogue.dataset_names(root)]]
    usable = (spec for spec in known if spec.folder or spec.name == "embedded")
    spec = next((spec for spec in usable if task.label in spec.tasks), None)
    if spec is None:
        return None
    first = spec.targets[0].name
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = [entry for entry in spec.files if entry.name == first]
        if spec.folder:
            take(files, at_home(spec.folder, Path()), folder)
        for entry in files if spec.folder is None else []:
            write_crop(entry, folder / entry.file_name)
        return next(samples(spec, folder, task, seed=0, images=[first]))


def _patch(channels: int, multiple: int) -> Tensor:
    """Return noise (1, C, H, W) in [0, 1] whose sides are the next multiples."""
    random = torch.Generator().manual_seed(0)
    height, width = (-(-side // multiple) * multiple for side in PATCH)
    return torch.rand(1, channels, height, width, generator=random)


def _enlargement(image: Tensor, output: object) -> int:
    """Return how many times larger the output is; raise `ValueError` where it is no such image."""
    if not isinstance(output, Tensor):
        raise ValueError(f"returns a {type(output).__name__}, not one tensor")
    factor = output.shape[-1] // image.shape[-1] if output.dim() == 4 else 0
    expected = (*image.shape[:2], *(side * factor for side in image.shape[-2:]))
    if factor == 0 or output.shape != expected:
        raise ValueError(f"of {tuple(image.shape)} it makes {tuple(output.shape)}")
    return factor
