"""Sides of an image that a network can take: multiples of its whole stride."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from spikebench.ann.backbone import BackboneSpec
from spikebench.data.degrade import pad_to_multiple
from spikebench.errors import BenchError

STRIDES = (2, 4, 8, 16, 32, 64, 128)


@contextmanager
def explained_by_sides(spec: BackboneSpec, module: nn.Module, image: Tensor) -> Iterator[None]:
    """Turn PyTorch's error about an image (N, C, h, w) into a `BenchError`, where sides are why.

    They are where the network runs on the image once it is padded to sides of some multiple.
    Nothing is run unless there is an error; any other error passes.
    """
    try:
        yield
    except RuntimeError as error:  # maps of unequal sides are added or concatenated
        needed = next((n for n in STRIDES if _runs(module, pad_to_multiple(image, n))), None)
        if needed is None:
            raise
        height, width = image.shape[-2:]
        raise BenchError(
            f"the network of backbone '{spec.name}' cannot take an image of {height} x {width} "
            f"pixels: its sides have to be multiples of {needed}. Write `multiple: {needed}` in "
            "the backbone's file; images are then padded, and what is restored is cut again."
        ) from error


def _runs(module: nn.Module, image: Tensor) -> bool:
    try:
        with torch.inference_mode():
            module(image)
    except RuntimeError:
        return False
    return True
