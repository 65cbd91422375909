"""The part of the training set that is not trained on: by it a training is judged and ended."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from spikebench.errors import BenchError
from spikebench.seeds import derive
from spikebench.task import Task
from spikebench.training.finetune.recipe import FineTuning
from spikebench.training.patches import Pair, degrade


@dataclass(frozen=True)
class HeldOut:
    """Centre crops: `degraded` (N, C, h, w) and `target` (N, C, h * scale, w * scale)."""

    degraded: Tensor
    target: Tensor


def split(pairs: Sequence[Pair], task: Task, recipe: FineTuning) -> tuple[list[Pair], HeldOut]:
    """Return the images to train on, and the others as crops with fixed noise or rain.

    Which images those are follows from the seed. Raises `BenchError` where none is left to train
    on, or an image is smaller than a crop.
    """
    if len(pairs) <= recipe.held_out:
        raise BenchError(
            f"{recipe.dataset} holds {len(pairs)} images, of which {recipe.held_out} are held out: "
            "none is left to train on. Lower `held_out`, or fetch the set again."
        )
    random = Generator().manual_seed(derive(recipe.seed, "held out"))
    order = torch.randperm(len(pairs), generator=random).tolist()
    kept = [pairs[index] for index in sorted(order[recipe.held_out :])]
    crops = [_centre(pairs[index], task.enlargement, recipe) for index in order[: recipe.held_out]]
    degraded, target = (torch.stack(side) for side in zip(*crops, strict=True))
    return kept, HeldOut(degrade(degraded, task, random), target)


def psnr(output: Tensor, target: Tensor) -> float:
    """Return the mean PSNR in dB over images (N, C, H, W), clipped to [0, 1]."""
    error = (output.clamp(0, 1) - target).square().mean(dim=(1, 2, 3))
    return float(-10 * error.log10().mean())


def _centre(pair: Pair, scale: int, recipe: FineTuning) -> tuple[Tensor, Tensor]:
    size, (height, width) = recipe.held_out_size, pair.degraded.shape[-2:]
    if min(height, width) < size:
        raise BenchError(
            f"{recipe.dataset} has an image of {height} x {width} pixels, too small for crops of "
            f"{size}. Lower `held_out_size`."
        )
    top, left = (height - size) // 2, (width - size) // 2
    return (
        pair.degraded[:, top : top + size, left : left + size],
        pair.target[:, top * scale : (top + size) * scale, left * scale : (left + size) * scale],
    )
