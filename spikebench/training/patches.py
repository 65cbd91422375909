"""Batches of training patches, each a function of the seed and the step alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from spikebench.ann.recipe import Patching
from spikebench.data.degrade import compress
from spikebench.data.rain import add_rain
from spikebench.errors import BenchError
from spikebench.seeds import derive
from spikebench.task import Task


@dataclass(frozen=True)
class Pair:
    """A degraded image (C, h, w) and its target (C, h * scale, w * scale), range [0, 1].

    Where `degrade` adds noise, rain or JPEG artefacts, both are the clean image: each patch gets
    its own.
    """

    degraded: Tensor
    target: Tensor


class Patches:
    """Random patches of `pairs`, so drawn that training can go on after any step.

    There is no state: batch k is the same whether or not the batches before it were drawn. Raises
    `BenchError` where an image is smaller than a patch.
    """

    def __init__(self, pairs: Sequence[Pair], task: Task, recipe: Patching) -> None:
        self.pairs, self.recipe = pairs, recipe
        self.task, self.enlargement = task, task.enlargement
        if not pairs:
            raise BenchError(f"{recipe.dataset} holds no image to train on. Fetch it again.")
        shortest = min(min(pair.degraded.shape[-2:]) for pair in pairs)
        if shortest < recipe.patch:
            raise BenchError(
                f"{recipe.dataset} has an image of {shortest} pixels a side, too small for patches "
                f"of {recipe.patch}. Lower `recipe.patch`."
            )

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Return the degraded patches (N, C, p, p) and targets (N, C, p * scale, p * scale)."""
        random = Generator().manual_seed(derive(self.recipe.seed, "patches", step))
        drawn = [self._patch(random) for _ in range(self.recipe.batch)]
        degraded, target = (torch.stack(side) for side in zip(*drawn, strict=True))
        return degrade(degraded, self.task, random), target

    def _patch(self, random: Generator) -> tuple[Tensor, Tensor]:
        pair = self.pairs[_below(len(self.pairs), random)]
        size, scale = self.recipe.patch, self.enlargement
        top, left = (_below(side - size + 1, random) for side in pair.degraded.shape[-2:])
        turn = _below(8, random)  # one of the symmetries of the square
        return (
            _turned(_crop(pair.degraded, top, left, size), turn),
            _turned(_crop(pair.target, top * scale, left * scale, size * scale), turn),
        )


def degrade(images: Tensor, task: Task, random: Generator) -> Tensor:
    """Return patches (N, C, h, w) with new noise or rain, or compressed; inputs as they are."""
    if task.sigma is not None:
        return images + task.sigma / 255 * torch.randn(images.shape, generator=random)
    if task.kind == "derain":
        return torch.stack([add_rain(image, random) for image in images])
    if task.quality is not None:
        return torch.stack([compress(image, task.quality) for image in images])
    return images


def _below(limit: int, random: Generator) -> int:
    return int(torch.randint(limit, (), generator=random))


def _crop(image: Tensor, top: int, left: int, size: int) -> Tensor:
    return image[:, top : top + size, left : left + size]


def _turned(patch: Tensor, turn: int) -> Tensor:
    turned = patch.rot90(turn % 4, (-2, -1))
    return turned.flip(-1) if turn >= 4 else turned
