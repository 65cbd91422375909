"""Read zip and tar files of unknown origin: nothing is written but what was asked for, where asked.

Members are only ever written to the paths that the caller names, never to their own, and only
regular files are: links and devices are passed over. An archive with a path that would lead out of
a folder is refused as a whole.
"""

import lzma
import re
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path
from spikebench.io.disk import writing

LIMIT = 20 * 10**9  # bytes of all members, unpacked
RATIO, SMALL = 200, 10**8  # how far a member above SMALL bytes may be compressed; images are not
DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError)

Member = tuple[str, int, Callable[[], IO[bytes]]]  # path, size, how to open it


def member_paths(archive: Path) -> list[str]:
    """Return the paths of the regular files in a zip or tar file, with "/", in its order.

    Raises `BenchError` naming the archive where it is damaged, encrypted, of another kind, larger
    than `LIMIT` unpacked, or where a path leads out of it.
    """
    with _understood(archive):
        return [path for path, _, _ in _members(archive)]


def extract(archive: Path, wanted: dict[str, Path]) -> None:
    """Write each member named in `wanted` to the path given for it.

    Raises `BenchError` as `member_paths` does, and `DiskError` where a file cannot be written.
    """
    with _understood(archive):
        for path, size, opened in _members(archive):
            if path in wanted:
                with opened() as stream:
                    write(stream, wanted[path], size)


def write(stream: IO[bytes], destination: Path, size: int) -> None:
    """Write `size` bytes to `destination`, whole or not at all."""
    with (
        atomic_path(destination) as temporary,
        writing(destination, size),
        temporary.open("wb") as target,
    ):
        shutil.copyfileobj(stream, target)


@contextmanager
def _understood(archive: Path) -> Iterator[None]:
    try:
        yield
    except (*DAMAGE, NotImplementedError, ValueError) as error:
        raise BenchError(
            f"{archive} cannot be read as a zip or tar file: {error}. Expected a whole one "
            "without a password. Fetch it again, or unpack it and name the folder."
        ) from error


def _members(archive: Path) -> Iterator[Member]:
    with archive.open("rb") as stream:
        is_zip = stream.read(2) == b"PK"
    total = 0
    for name, size, opened in _zipped(archive) if is_zip else _tarred(archive):
        total += size
        if total > LIMIT:
            raise BenchError(f"{archive} holds more than {LIMIT} bytes: it is not unpacked.")
        yield _inside(name, archive), size, opened


def _zipped(archive: Path) -> Iterator[Member]:
    with zipfile.ZipFile(archive) as bundle:
        for info in bundle.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)  # 0 where made without Unix modes
            if info.is_dir() or kind not in (0, stat.S_IFREG):
                continue
            if info.flag_bits & 1:
                raise BenchError(f"{archive} is encrypted. Unpack it and name the folder.")
            if info.file_size > max(SMALL, RATIO * info.compress_size):
                raise BenchError(
                    f"{archive}: {info.filename} would unpack to {info.file_size} bytes from "
                    f"{info.compress_size}. No image does: it is not unpacked."
                )
            yield info.filename, info.file_size, partial(bundle.open, info)


def _tarred(archive: Path) -> Iterator[Member]:
    with tarfile.open(archive, "r:*") as bundle:
        for info in bundle:
            if info.isreg():
                yield info.name, info.size, partial(_opened, bundle, info)


def _opened(bundle: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    stream = bundle.extractfile(info)
    assert stream is not None  # a regular file has one
    return stream


def _inside(name: str, archive: Path) -> str:
    """Return a member's path, "/" between its parts; some programs write another sign."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or re.match("[A-Za-z]:", name):
        raise BenchError(
            f"{archive} holds '{name}', a path that leads out of it: it is not unpacked."
        )
    return path.as_posix()
