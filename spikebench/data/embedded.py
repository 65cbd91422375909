"""Crops of the photographs that ship inside the scikit-image wheel: data without a download."""

from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image

from spikebench.data.entry import FileEntry
from spikebench.data.images import pixel_sha256, read_pixels
from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path


def crop(entry: FileEntry) -> np.ndarray:
    """Return the embedded image's pixels, uint8, (side, side, 3) or (side, side) where grey."""
    assert entry.photograph and entry.side and skimage.data.__file__  # the entry was validated
    pixels = read_pixels(Path(skimage.data.__file__).parent / entry.photograph)
    return pixels[entry.top : entry.top + entry.side, entry.left : entry.left + entry.side]


def write_crop(entry: FileEntry, destination: Path) -> None:
    """Write the crop as a PNG, atomically.

    Raises `BenchError` where the installed scikit-image holds other pixels than the pinned ones.
    """
    pixels = crop(entry)
    found = pixel_sha256(pixels)
    if found != entry.sha256:
        raise BenchError(
            f"{entry.photograph} of the installed scikit-image: the crop for '{entry.name}' has "
            f"pixels with SHA-256 {found}, expected {entry.sha256}. Install the pinned version."
        )
    with atomic_path(destination) as temporary:
        Image.fromarray(pixels).save(temporary, format="PNG")
