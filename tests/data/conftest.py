"""Data sets of a few small files in a temporary folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from spikebench.data.registry import DatasetSpec


@pytest.fixture
def write_pixels() -> Callable[[Path, np.ndarray], np.ndarray]:
    """Write pixels as the image file at a path and return them."""

    def write(file: Path, pixels: np.ndarray) -> np.ndarray:
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(file)
        return pixels

    return write


@pytest.fixture
def spec() -> Callable[..., DatasetSpec]:
    """Return a data set of clean grey images `a` and `b`, some keys replaced."""

    def build(**changes: Any) -> DatasetSpec:
        files = [file_entry("a"), file_entry("b")]
        keys = {"name": "tiny", "title": "Tiny", "role": "train", "files": files}
        keys |= {"tasks": ["denoise", "super_resolution"], "licence": "none", "citation": "none"}
        images = len({f["name"] for f in changes.get("files", files) if f["role"] == "target"})
        keys |= {"images": images, "sides": [1, 100]}
        return DatasetSpec.model_validate({**keys, **changes})

    return build


def file_entry(name: str, **changes: Any) -> dict[str, Any]:
    """Return one row of a files.csv, at an address that is never asked."""
    row = {"name": name, "role": "target", "url": f"https://example.org/{name}.png", "bytes": 1}
    return row | {"sha256": "0" * 64} | changes
