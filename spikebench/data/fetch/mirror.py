"""Where the bytes of a public address are taken from: a mirror, the network, what came before."""

import os
import shutil
from pathlib import Path

from spikebench.data.fetch.download import PATIENT, NotFetched, download
from spikebench.data.fetch.expected import Expected, Found
from spikebench.data.fetch.transfer import Progress
from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path
from spikebench.io.disk import writing

MIRROR = "SPIKEBENCH_MIRROR"
CACHE = Path("resources/downloads")  # laid out as a mirror: it can serve as one
TRANSFER = PATIENT


def bring(
    url: str, destination: Path, expected: Expected, mirror: str | None, progress: Progress | None
) -> Found:
    """Write the bytes of `url` to `destination`, whole and right, or nothing.

    See `spikebench.data.fetch.file.fetch_file` for `mirror`. Raises `NotFetched` naming file,
    address and mirror setting, `WrongBytes` with both hashes, or `DiskError`.
    """
    mirror = mirror or os.environ.get(MIRROR)
    try:
        if mirror and not mirror.startswith(("http://", "https://")):
            return _copy(Path(mirror, host_and_path(url)), destination, expected)
        address = f"{mirror.rstrip('/')}/{host_and_path(url)}" if mirror else url
        return _download(address, cached(url), destination, expected, progress)
    except NotFetched as error:
        raise type(error)(
            f"{error} Connect to the network, or set {MIRROR} to a folder or address that holds "
            f"HOST/PATH of {url}."
        ) from error


def cached(url: str) -> Path:
    """Return where a file stays that came over the network."""
    return CACHE / host_and_path(url)


def host_and_path(url: str) -> str:
    """Return an address as a path below a mirror.

    Raises `BenchError` for one that would lead out of it, or to a hidden file, which may be a lock
    or the beginning of another file.
    """
    path = url.split("://", 1)[1]
    if any(part.startswith(".") for part in path.split("/")):
        raise BenchError(f"{url}: no part of an address may begin with a dot. Name another copy.")
    return path


def _copy(source: Path, destination: Path, expected: Expected) -> Found:
    """Copy out of a mirror folder; the copy is what is verified."""
    try:
        stream = source.open("rb")
    except OSError as error:
        raise NotFetched(
            f"{destination.name} could not be fetched from {source}: {error.strerror}."
        ) from error
    with (
        stream,
        atomic_path(destination) as temporary,
        writing(destination, os.fstat(stream.fileno()).st_size),
    ):
        with temporary.open("wb") as target:
            shutil.copyfileobj(stream, target)
        return expected.check(temporary, destination.name, str(source))


def _download(
    address: str, stored: Path, destination: Path, expected: Expected, progress: Progress | None
) -> Found:
    found = download(
        address,
        stored,
        sha256=expected.sha256,
        size=expected.size,
        transfer=TRANSFER,
        hint=expected.hint,
        progress=progress,
    )
    with atomic_path(destination) as temporary, writing(destination, found[0]):
        _link_or_copy(stored, temporary)
    return found


def _link_or_copy(source: Path, temporary: Path) -> None:
    """Share the bytes where the file system can, so that a data set does not lie here twice."""
    temporary.unlink()
    try:
        os.link(source, temporary)
    except OSError:
        shutil.copyfile(source, temporary)
