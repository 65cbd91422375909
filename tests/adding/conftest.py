"""A checkout of data sets and backbones alone, and images and weights that somebody brings."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path) -> Path:
    """A folder with the repository's datasets/ and backbones/, and an empty config/."""
    for name in ("datasets", "backbones"):
        shutil.copytree(REPOSITORY / name, tmp_path / "checkout" / name)
    (tmp_path / "checkout/config").mkdir()
    return tmp_path / "checkout"


@pytest.fixture
def brought(tmp_path) -> Path:
    """A folder of three images, two in colour, below one of its own, and a text."""
    folder = tmp_path / "My Photos"
    (folder / "more").mkdir(parents=True)
    random = np.random.default_rng(0)
    for name, shape in {
        "a 10.png": (20, 30, 3),
        "a 2.png": (24, 20),
        "more/b.PPM": (21, 22, 3),
    }.items():
        pixels = random.integers(256, size=shape, dtype=np.uint8)
        Image.fromarray(pixels).save(folder / name)
    (folder / "readme.txt").write_text("mine")
    (folder / ".hidden.png").write_text("")
    return folder


@pytest.fixture
def pairs(tmp_path) -> Callable[..., Path]:
    """Write two pairs in input/ and target/ of a folder, clean images `factor` times as large."""

    def write(name: str, seed: int, factor: int = 1) -> Path:
        random = np.random.default_rng(seed)
        for image in ("a", "b"):
            for place, times in (("input", 1), ("target", factor)):
                file = tmp_path / name / place / f"{image}.png"
                file.parent.mkdir(parents=True, exist_ok=True)
                pixels = random.integers(256, size=(24 * times, 28 * times, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(file)
        return tmp_path / name

    return write


@pytest.fixture
def trained() -> Callable[[str], dict[str, torch.Tensor]]:
    """Return the tensors of one of the repository's trained networks."""
    return lambda name: load_file(REPOSITORY / f"backbones/weights/{name}.safetensors")


def snapshot(folder: Path) -> dict[Path, bytes]:
    """Return every file below a folder with its content, and every folder."""
    return {p: p.read_bytes() if p.is_file() else b"" for p in folder.rglob("*")}
