"""The beginning of a file that is on its way."""

import os
from pathlib import Path
from typing import IO


class Part:
    """A hidden file beside the destination, and the version of the source that it belongs to.

    Both outlive the process, so that a later one asks for the rest only. The version is what the
    server calls it: its ETag or its date.
    """

    def __init__(self, destination: Path) -> None:
        self.destination = destination
        self._file = destination.with_name(f".{destination.name}.part")
        self._version = destination.with_name(f".{destination.name}.version")

    @property
    def file(self) -> Path:
        """Where the bytes are, until `finish`."""
        return self._file

    @property
    def size(self) -> int:
        """How many bytes are here."""
        return self._file.stat().st_size if self._file.is_file() else 0

    @property
    def version(self) -> str | None:
        """The version that the bytes belong to, where the server named one."""
        return self._version.read_text("latin-1") if self._version.is_file() else None

    def restart(self, version: str | None) -> None:
        """Begin again, with a version of the source."""
        self.discard()
        if version:
            self._version.write_text(version, "latin-1")

    def open(self) -> IO[bytes]:
        """Open it to append bytes."""
        return self._file.open("ab")

    def discard(self) -> None:
        """Forget what is here."""
        self._file.unlink(missing_ok=True)
        self._version.unlink(missing_ok=True)

    def finish(self) -> None:
        """Give the whole file its name."""
        os.replace(self._file, self.destination)
        self._version.unlink(missing_ok=True)
