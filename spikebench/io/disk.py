"""What the disk refuses, in words."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spikebench.errors import BenchError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # EFBIG: the limit of one file


class DiskError(BenchError):
    """A file could not be written."""


@contextmanager
def writing(file: Path, needed: int | None = None) -> Iterator[None]:
    """Raise `DiskError`, naming `file`, for what the system refuses in the block.

    `needed` is the size of the whole file in bytes, where it is known.
    """
    try:
        yield
    except OSError as error:
        if error.errno is None:  # a library's own, such as a damaged gzip stream
            raise
        if error.errno in FULL:
            raise full(file, needed) from error
        raise DiskError(f"{file} cannot be written: {error}. Check its folder.") from error


def full(file: Path, needed: int | None = None) -> DiskError:
    """Return what to raise where the disk has no room for `file`."""
    size = "more bytes" if needed is None else f"{needed} bytes"
    folder = next(folder for folder in file.absolute().parents if folder.is_dir())
    free = shutil.disk_usage(folder).free
    return DiskError(
        f"The disk is full: {file.name} needs {size} in {file.parent}, {free} are free (or a quota "
        "is reached). Make room and run again."
    )
