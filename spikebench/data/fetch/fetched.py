"""What a data set's folder holds once its files are there: each checked, and none too many."""

from pathlib import Path

from PIL import __version__

from spikebench.data.entry import SHOWN, FileEntry
from spikebench.data.images import sides
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
            f"{pin.sha256}. It was changed: find the former file, or mend the pin."
        )
    if entry.role == "target":
        _check_sides(folder / entry.file_name, spec)
        if not provided or pin.sha256 == found.sha256:
            _check_pixels(found, pin, folder)
    return found


def check_pairs(files: list[FileEntry], spec: DatasetSpec, folder: Path) -> None:
    """Raise `BenchError` that names every input whose sides are not those of its clean image.

    Of factor `scale` they are its whole quotients: a clean image loses the rest.
    """
    wrong = []
    for entry in files:
        if entry.role == "degraded":
            clean = _clean(entry, files)
            height, width = (side // (entry.scale or 1) for side in sides(folder / clean.file_name))
            found = sides(folder / entry.file_name)
            if found != (height, width):
                wrong.append(
                    f"{entry.place} has {found[1]} x {found[0]} pixels, {clean.place} asks for "
                    f"{width} x {height}"
                )
    if wrong:
        raise BenchError(
            f"Inputs of '{spec.name}' do not fit their clean images: {'; '.join(wrong[:SHOWN])}"
            f"{'; ...' if len(wrong) > SHOWN else ''}. Find the right files, or mend how `layout` "
            "names them."
        )


def _clean(entry: FileEntry, files: list[FileEntry]) -> FileEntry:
    """Return the clean image of an input: of its factor, or the one for all factors."""
    same = [other for other in files if (other.name, other.role) == (entry.name, "target")]
    return max((other for other in same if other.scale in (entry.scale, None)), key=_has_factor)


def _has_factor(entry: FileEntry) -> bool:
    return entry.scale is not None


def remove_others(files: list[FileEntry], folder: Path) -> None:
    """Delete the images of an earlier fetch that are not among `files`."""
    listed = {folder / entry.file_name for entry in files}
    for kind in ("target*", "degraded*"):
        for file in folder.glob(f"{kind}/*"):
            if file not in listed and not file.is_dir():
                file.unlink()


def _check_sides(file: Path, spec: DatasetSpec) -> None:
    shortest, longest = spec.sides
    height, width = sides(file)
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
