"""AlexNet's layers against NumPy, and its file read without running anything that it names."""

import pickle

import numpy as np
import pytest
import torch

from spikebench.errors import BenchError
from spikebench.metrics.alexnet import OFFICIAL, activations, read_official, read_packaged
from spikebench.metrics.trunks import packaged_path

WIDTHS = (3, 4, 5, 6, 4, 5)  # channels of a network in small
SIDES = (11, 5, 3, 3, 3)


def kernels(seed: int = 0) -> list[dict[str, np.ndarray]]:
    """Return five layers as the package's file holds them: kernels are height, width, in, out."""
    random = np.random.default_rng(seed)
    return [
        {
            "kernel": random.standard_normal((side, side, few, many), np.float32) / side,
            "bias": random.standard_normal(many, np.float32) / 10,
        }
        for side, few, many in zip(SIDES, WIDTHS, WIDTHS[1:], strict=False)
    ]


def convolved(image: np.ndarray, layer: dict, stride: int, padding: int) -> np.ndarray:
    """Convolve (H, W, C) with what the file holds, and rectify, in float64."""
    around = ((padding, padding), (padding, padding), (0, 0))
    side = len(layer["kernel"])
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(image.astype(np.float64), around), (side, side), axis=(0, 1)
    )[::stride, ::stride]
    summed = np.einsum("hwcij,ijco->hwo", windows, layer["kernel"].astype(np.float64))
    return np.maximum(summed + layer["bias"], 0)


def pooled(image: np.ndarray) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3), axis=(0, 1))
    return windows[::2, ::2].max((-1, -2))


def layers_of(image: np.ndarray, layers: list[dict]) -> list[np.ndarray]:
    """AlexNet's activations by Krizhevsky's strides, paddings and poolings."""
    first = convolved(image, layers[0], 4, 2)
    second = convolved(pooled(first), layers[1], 1, 2)
    third = convolved(pooled(second), layers[2], 1, 1)
    fourth = convolved(third, layers[3], 1, 1)
    return [first, second, third, fourth, convolved(fourth, layers[4], 1, 1)]


def write(folder, content: object) -> object:
    file = folder / "weights.ckpt"
    file.write_bytes(pickle.dumps(content, protocol=3))
    return file


def named(layers: list[dict]) -> dict:
    return {"AlexNet_0": {f"Conv_{at}": layer for at, layer in enumerate(layers)}}


def test_layers_are_those_of_the_formulas(tmp_path):
    layers = kernels()
    image = np.random.default_rng(1).standard_normal((48, 61, 3), np.float32)
    file = write(tmp_path, named(layers))
    file.write_bytes(file.read_bytes().replace(b"numpy._core", b"numpy.core"))  # as NumPy 1 wrote
    tensor = torch.from_numpy(image.transpose(2, 0, 1).copy())[None]
    found = [layer[0].numpy() for layer in activations(tensor, read_packaged(file))]
    for ours, expected in zip(found, layers_of(image, layers), strict=True):
        assert np.allclose(ours.transpose(1, 2, 0), expected, atol=1e-4)


def test_both_files_give_the_same_kernels(tmp_path):
    """A file as torchvision writes it, made of the package's, whose kernels stand transposed."""
    packaged = packaged_path("alex")
    with packaged.open("rb") as stream:
        layers = pickle.load(stream)["AlexNet_0"]
    state = {}
    for at, place in enumerate(OFFICIAL):
        kernel = torch.from_numpy(layers[f"Conv_{at}"]["kernel"])
        state[f"features.{place}.weight"] = torch.einsum("hwio->oihw", kernel).contiguous()
        state[f"features.{place}.bias"] = torch.from_numpy(layers[f"Conv_{at}"]["bias"])
    torch.save(state, tmp_path / "official.pth")
    pairs = zip(read_official(tmp_path / "official.pth"), read_packaged(packaged), strict=True)
    for (weight, bias), (other, another) in pairs:
        assert torch.equal(weight, other) and torch.equal(bias, another)


class Trap:
    """Read by an ordinary unpickler, it prints."""

    def __reduce__(self):
        return print, ("run",)


@pytest.mark.parametrize("place", ["kernel", "beside"])
def test_a_file_that_names_anything_else_is_refused_and_not_run(tmp_path, capsys, place):
    content = named(kernels())
    content["AlexNet_0"]["Conv_2"][place] = Trap()
    file = write(tmp_path, content)
    file.write_bytes(file.read_bytes().replace(b"numpy._core", b"numpy.core"))
    with pytest.raises(BenchError, match=r"names \w+\.print, expected NumPy's arrays"):
        read_packaged(file)
    assert capsys.readouterr().out == ""
