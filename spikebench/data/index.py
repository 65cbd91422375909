"""What a fetched data set holds: its index with every hash, and how firmly its content is fixed."""

import csv
import hashlib
from pathlib import Path

from spikebench.data.entry import FileEntry
from spikebench.data.images import pixel_sha256, read_pixels
from spikebench.data.registry import INDEX, DatasetSpec
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
    Raises `BenchError` where the file cannot be decoded.
    """
    file = folder / entry.file_name
    found = {} if entry.photograph else {"bytes": file.stat().st_size, "sha256": file_sha256(file)}
    pixels = read_pixels(file)
    if entry.role == "target":
        found["pixels"] = pixel_sha256(pixels)
    return entry.model_copy(update=found)


def dataset_sha256(spec: DatasetSpec, folder: Path) -> str:
    """Return one SHA-256 over names and bytes of the set's files as they lie in `folder`."""
    names = sorted(entry.file_name for entry in spec.files)
    lines = [f"{file_sha256(folder / name)}  {name}" for name in names]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def pin_statement(listed: DatasetSpec, fetched: DatasetSpec, *, provided: bool) -> str:
    """Say, for the page, how many of the `fetched` files are the ones that `listed` pins by hash.

    `provided`: whether the user brought them. The content that was used is in the results either
    way, as the data set's hash.
    """
    pins = {(e.name, e.role, e.scale): e.sha256 for e in listed.files if e.sha256}
    same = sum(pins.get((e.name, e.role, e.scale)) == e.sha256 for e in fetched.files)
    count = f"{same} of {len(fetched.files)} files"
    if provided:
        return f"Provided by whoever made this run; {count} are the pinned ones."
    if same == len(fetched.files):
        return "Fully pinned: the SHA-256 of every file is fixed."
    return f"Not fully pinned: {count} have a fixed SHA-256, the others as they were at first use."
