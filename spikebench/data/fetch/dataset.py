"""A whole data set: its files where they belong, and their index."""

from pathlib import Path
from urllib.parse import urlsplit

from spikebench.data.embedded import write_crop
from spikebench.data.entry import Archive, FileEntry
from spikebench.data.fetch import first_use
from spikebench.data.fetch.download import NotFetched, Unreachable
from spikebench.data.fetch.fetched import check_pairs, checked, remove_others
from spikebench.data.fetch.file import fetch_file
from spikebench.data.fetch.mirror import cached
from spikebench.data.fetch.parallel import for_each, progress_bar
from spikebench.data.fetch.provided import listed_files, provided_files, take
from spikebench.data.fetch.transfer import Progress
from spikebench.data.index import write_index
from spikebench.data.registry import INDEX, DatasetSpec
from spikebench.data.samples import selected
from spikebench.errors import BenchError
from spikebench.io.local import at_home


def fetch_dataset(
    spec: DatasetSpec,
    folder: Path,
    *,
    provided: Path | None = None,
    images: int | list[str] | None = None,
) -> None:
    """Write the files of a data set below `folder`, and their index, with a progress bar.

    They come from `provided`, a folder or an archive of the user's, if it is given; else from the
    set's own folder or archive; else each from its address, a few at a time. `images` limits them
    to those of the first N images, or of the named ones. Files of an earlier fetch that are not
    among them go.

    A failed file does not stop the others, and those are not fetched again. `BenchError` names all
    that failed at the end; there is no index then. It also names what is missing from an archive or
    folder, files that cannot be decoded, clean images of sides that the set does not allow, and
    inputs of sides that are not those of their clean images.
    """
    (folder / INDEX).unlink(missing_ok=True)  # it is there only while it is true
    unreachable: set[str] = set()
    with progress_bar(spec.name) as bar:

        def complete(entry: FileEntry) -> FileEntry:
            _bring(entry, folder, unreachable, bar.received)
            return _checked(entry, spec, folder, provided is not None)

        files = _unpacked(spec, folder, provided, images, bar.received)
        files = for_each(files, complete, spec.name, bar)
    remove_others(files, folder)
    check_pairs(files, spec, folder)
    write_index(files, folder)


def _unpacked(
    spec: DatasetSpec,
    folder: Path,
    provided: Path | None,
    images: int | list[str] | None,
    progress: Progress,
) -> list[FileEntry]:
    """Return the wanted files; those of an archive or of the user's folder are in place then."""
    if provided is None and spec.folder is not None:
        source = at_home(spec.folder, Path())
        return _taken(spec, listed_files(spec, source), source, folder, images)
    if provided is None:
        if spec.archive is None:
            return _wanted(_with_addresses(spec), images)
        provided = _archive(spec.archive, progress)
    return _taken(spec, provided_files(spec, provided), provided, folder, images)


def _taken(
    spec: DatasetSpec,
    found: list[FileEntry],
    source: Path,
    folder: Path,
    images: int | list[str] | None,
) -> list[FileEntry]:
    files = _wanted(spec.model_copy(update={"files": found}), images)
    take(files, source, folder)
    return files


def _with_addresses(spec: DatasetSpec) -> DatasetSpec:
    if not spec.files or any(entry.member for entry in spec.files):
        raise BenchError(
            f"Data set '{spec.name}' has no public address. Name a folder or archive of yours in "
            f"the configuration: `provided: {{{spec.name}: /path/to/it}}`."
        )
    return spec


def _wanted(spec: DatasetSpec, images: int | list[str] | None) -> list[FileEntry]:
    names = {entry.name for entry in selected(spec, images)}
    return [entry for entry in spec.files if entry.name in names]


def _archive(archive: Archive, progress: Progress) -> Path:
    file = cached(archive.url)
    fetch_file(archive.url, file, archive.sha256, archive.bytes, progress=progress)
    return file


def _bring(entry: FileEntry, folder: Path, unreachable: set[str], progress: Progress) -> None:
    destination = folder / entry.file_name
    if entry.photograph:
        write_crop(entry, destination)
    if entry.url is None:
        return
    host = urlsplit(entry.url).netloc
    if host in unreachable:
        raise NotFetched(f"The other files of {host} were not asked for.")
    try:
        fetch_file(entry.url, destination, entry.sha256, entry.bytes, progress=progress)
    except Unreachable:
        unreachable.add(host)  # else hundreds of files would wait for it in vain
        raise


def _checked(entry: FileEntry, spec: DatasetSpec, folder: Path, provided: bool) -> FileEntry:
    try:
        return checked(entry, spec, folder, provided=provided)
    except BenchError as error:
        if entry.url is None or entry.sha256:
            raise
        raise BenchError(
            f"{error} Its hash was recorded at its first use: to fetch it anew, delete its line in "
            f"{first_use.FILE}, and {cached(entry.url)} if it is there."
        ) from error
