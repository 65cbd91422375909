"""What a data set's folder holds once its files are there: each checked, and none too many."""

from pathlib import Path

from PIL import Image, __version__

from spikebench.data.entry import FileEntry
from spikebench.data.index import indexed
from spikebench.data.registry import DatasetSpec
from spikebench.errors import BenchError


def checked(entry: FileEntry, spec: DatasetSpec, folder: Path, *, provided: bool) -> FileEntry:
    """Return the entry of a file that lies below `folder`, with every hash.

    Raises `BenchError` where the file is not the pinned one (unless it is `provided` by the user),
    and where a clean image cannot be decoded, has sides that the set does not allow, or other
    pixels than those pinned for the same bytes.
    """
    found = indexed(entry, folder)
    pin = next((listed for listed in spec.files if _key(listed) == _key(entry)), entry)
    if not provided and pin.sha256 not in (None, found.sha256):
        raise BenchError(
            f"{entry.member} has SHA-256 {found.sha256}, datasets/{spec.name}/files.csv expects "
            f"{pin.sha256}. The archive was changed: find the former one, or mend the pin."
        )
    if entry.role == "target":
        _check_sides(folder / entry.file_name, spec)
        if not provided or pin.sha256 == found.sha256:
            _check_pixels(found, pin, folder)
    return found


def remove_others(files: list[FileEntry], folder: Path) -> None:
    """Delete the images of an earlier fetch that are not among `files`."""
    listed = {folder / entry.file_name for entry in files}
    for kind in ("target*", "degraded*"):
        for file in folder.glob(f"{kind}/*"):
            if file not in listed and not file.is_dir():
                file.unlink()


def _check_sides(file: Path, spec: DatasetSpec) -> None:
    shortest, longest = spec.sides
    with Image.open(file) as image:
        width, height = image.size
    if min(width, height) < shortest or max(width, height) > longest:
        raise BenchError(
            f"{file} has {width} x {height} pixels; the sides of '{spec.name}' are {shortest} to "
            f"{longest}. It is another version of the image: find the right one, or mend `sides`."
        )


def _check_pixels(found: FileEntry, pin: FileEntry, folder: Path) -> None:
    if pin.pixels not in (None, found.pixels):
        raise BenchError(
            f"{folder / found.file_name} is decoded to pixels with SHA-256 {found.pixels}, "
            f"expected {pin.pixels}: this Pillow, {__version__}, reads the file in another way "
            "than the one that made the pin. Install the version in requirements/run.lock."
        )


def _key(entry: FileEntry) -> tuple[str, str, int | None]:
    return entry.name, entry.role, entry.scale
