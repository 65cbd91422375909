"""A data set in a folder or an archive: the user's own, or what an address gave."""

import os
from pathlib import Path

from spikebench.data.entry import FileEntry
from spikebench.data.fetch.archive import extract, member_paths, write
from spikebench.data.fetch.layout import find_entries
from spikebench.data.registry import DatasetSpec
from spikebench.errors import BenchError


def provided_files(spec: DatasetSpec, source: Path) -> list[FileEntry]:
    """Return the files of a data set in a folder, zip or tar file, with their paths there.

    Raises `BenchError` where there is no such source, it cannot be read, or the set is not whole.
    """
    if not source.exists():
        raise BenchError(
            f"{source}, which should hold the data set '{spec.name}', does not exist. Mend "
            "`provided` in the configuration, or leave it out."
        )
    paths = paths_below(source) if source.is_dir() else member_paths(source)
    return find_entries(spec, [path for path in paths if not is_hidden(path)], str(source))


def listed_files(spec: DatasetSpec, folder: Path) -> list[FileEntry]:
    """Return the files of a set that names them and its `folder` itself.

    Raises `BenchError` where one is not there, or lies outside of the folder.
    """
    here = set(paths_below(folder))
    missing = [entry.path for entry in spec.files if entry.path not in here]
    if missing:
        raise BenchError(
            f"{folder}, the `folder` of data set '{spec.name}', lacks {len(missing)} of its "
            f"{len(spec.files)} files: {', '.join(missing[:5])}{', ...' if missing[5:] else ''}. "
            "Bring them back, or list what is there now: `spikebench add dataset --force`."
        )
    return spec.files


def take(entries: list[FileEntry], source: Path, folder: Path) -> None:
    """Copy files that `provided_files` found below `folder`, under the names of a fetched set."""
    wanted = {entry.path: folder / entry.file_name for entry in entries}
    if not source.is_dir():
        extract(source, wanted)
        return
    for member, destination in wanted.items():
        with (source / member).open("rb") as stream:
            write(stream, destination, os.fstat(stream.fileno()).st_size)


def paths_below(folder: Path) -> list[str]:
    """Return the files below a folder; a link counts if the file it leads to lies there too."""
    root = folder.resolve()
    files = (Path(place, name) for place, _, names in os.walk(root) for name in names)
    inside = (file for file in files if file.is_file() and file.resolve().is_relative_to(root))
    return sorted(file.relative_to(root).as_posix() for file in inside)


def is_hidden(path: str) -> bool:
    """Tell whether a path is one of those that systems strew in, or an unfinished file of ours."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.split("/"))
