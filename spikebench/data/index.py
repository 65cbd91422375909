"""The index of a fetched data set: which files lie there, with every hash."""

import csv
from pathlib import Path

from spikebench.data.entry import FileEntry
from spikebench.data.images import pixel_sha256, read_pixels
from spikebench.data.registry import INDEX
from spikebench.io.atomic import atomic_path
from spikebench.io.checksums import file_sha256


def write_index(files: list[FileEntry], folder: Path) -> None:
    """Write the index of a fetched set: its files in their order, each with every hash.

    `load_dataset(..., fetched=folder)` reads it.
    """
    with (
        atomic_path(folder / INDEX) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as stream,
    ):
        table = csv.DictWriter(stream, list(FileEntry.model_fields), lineterminator="\n")
        table.writeheader()
        table.writerows(entry.model_dump() for entry in files)


def indexed(entry: FileEntry, folder: Path) -> FileEntry:
    """Return the entry with size and hashes of its file below `folder`, as it lies there.

    The pixels of clean images are hashed too. An embedded crop keeps the hash of its pixels.
    Raises `BenchError` where a clean image cannot be decoded.
    """
    file = folder / entry.file_name
    found = {} if entry.photograph else {"bytes": file.stat().st_size, "sha256": file_sha256(file)}
    if entry.role == "target":
        found["pixels"] = pixel_sha256(read_pixels(file))
    return entry.model_copy(update=found)
