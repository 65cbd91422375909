"""What a step of fine-tuning takes in float32 and in bfloat16."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import torch
import typer
from torch import Tensor

from benchmarks.workload import report, warn_if_busy
from spikebench.ann.backbone import BackboneSpec, load_backbone, load_backbone_spec
from spikebench.ann.weights import fetch_weights
from spikebench.training.finetune.loop import Tuning
from spikebench.training.finetune.network import Tunable
from spikebench.training.finetune.recipe import FineTuning, load_recipe

PRECISIONS = ("float32", "bfloat16")


def drawn(spec: BackboneSpec, recipe: FineTuning) -> tuple[Tensor, Tensor]:
    """Return a batch of noise as degraded and as target patches, (N, C, h, w) and (N, C, H, W)."""
    channels = 1 if spec.task.channels == "grey" else 3
    large = torch.rand(recipe.batch, channels, *[recipe.patch * spec.task.enlargement] * 2)
    return large[..., :: spec.task.enlargement, :: spec.task.enlargement].contiguous(), large


def tunings(spec: BackboneSpec, recipe: FineTuning, batch: Tensor) -> list[Tuning]:
    """Return the same training twice, once in each of `PRECISIONS`."""
    with TemporaryDirectory() as folder:
        weights = Path(folder) / "weights.safetensors"
        fetch_weights(spec, weights)
        ann = load_backbone(spec, weights)
    settings = [recipe.model_copy(update={"precision": each}) for each in PRECISIONS]
    levels = recipe.activation.levels_at_start
    return [Tuning(Tunable.of(ann, batch, levels), ann, each) for each in settings]


def seconds(tuning: Tuning, batch: tuple[Tensor, Tensor], steps: int) -> float:
    """Return the processor seconds of a step."""
    started = time.process_time()
    for _ in range(steps):
        tuning.step(*batch)
    return (time.process_time() - started) / steps


def main(
    backbone: Annotated[str, typer.Argument(help="A file of backbones/.")] = "dncnn_s25",
    recipe: Annotated[str, typer.Option(help="A file of finetuning/.")] = "spikingir_distilled",
    rounds: Annotated[int, typer.Option(min=1, help="Pairs of measurements.")] = 7,
    steps: Annotated[int, typer.Option(min=1, help="Steps of a measurement.")] = 8,
) -> None:
    """Compare a step in bfloat16 with one in float32, in turn, in processor time."""
    warn_if_busy()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    spec = load_backbone_spec(backbone)
    settings = load_recipe(recipe, spec.task.label, backbone=backbone)
    batch = drawn(spec, settings)
    exact, coarse = tunings(spec, settings, batch[0])
    pairs = [
        (seconds(exact, batch, steps), seconds(coarse, batch, steps)) for _ in range(rounds + 1)
    ]
    for single, half in pairs[1:]:
        print(f"{backbone}: float32 {single:.3f} s, bfloat16 {half:.3f} s: {single / half:.2f}")
    report([single / half for single, half in pairs[1:]], "time of float32 against bfloat16")


if __name__ == "__main__":
    typer.run(main)
