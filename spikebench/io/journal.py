"""What a job has finished so far, on disk, so that a killed job goes on where it was."""

import hashlib
import json
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spikebench.io.atomic import atomic_path
from spikebench.io.disk import writing

NAME = "journal.jsonl"  # how the name of every journal ends
SYNC = 5.0  # seconds between two waits for the disk, each of which takes some 20 ms


def journal_of(folder: Path, stem: str = "") -> Path:
    """Return the journal in a folder, or that of the output in it which is called `stem`."""
    return folder / (f"{stem}.{NAME}" if stem else NAME)


def remove_journals(folder: Path) -> None:
    """Delete the journals in a cell's folder, once a later job has read the cell's tables."""
    for file in folder.glob(f"*{NAME}"):
        file.unlink()


class Journal:
    """Finished records by name, one line of JSON each, in a file that only grows.

    `key` says what decides the records. It enters the SHA-256 in front of every line, so a line
    that was cut off, damaged, or written for anything else does not hold and is left out: what it
    recorded is done again. A number read back is the number written, to the last bit. Killing the
    job loses no record, a loss of power those of the last `SYNC` seconds. `parts` are journals of
    other jobs under the same key, which are read and left as they are.

    A job does not delete its own journal: killed between that and its end, it would lose all, since
    Snakemake deletes what a failed job has written. `remove_journals` does, in a later job.
    """

    def __init__(self, file: Path, key: str, parts: Iterable[Path] = ()) -> None:
        self.file, self.key = file, key
        self.finished: dict[str, Any] = {}
        self._synced = time.monotonic()
        for part in parts:
            self._read(part.read_bytes(), part)
        content = file.read_bytes() if file.is_file() else b""
        whole = self._read(content, file)
        if whole != content:
            with atomic_path(file) as temporary:
                temporary.write_bytes(whole)

    def add(self, name: str, record: Any) -> None:
        """Keep a record, anything JSON can hold. Raises `DiskError` where it cannot be written."""
        content = json.dumps([name, record], separators=(",", ":")).encode()
        with writing(self.file):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("ab") as stream:
                stream.write(self._digest(content) + b" " + content + b"\n")
                stream.flush()
                if time.monotonic() > self._synced + SYNC:
                    os.fsync(stream.fileno())
                    self._synced = time.monotonic()
        self.finished[name] = record

    def hand_over(self, output: Path) -> None:
        """Leave the records, perhaps none, in a file for another journal to read as a part."""
        with atomic_path(output) as temporary:
            temporary.write_bytes(self.file.read_bytes() if self.file.is_file() else b"")

    def _read(self, content: bytes, file: Path) -> bytes:
        """Take the records of the lines that hold, and return these lines."""
        lines = [line for line in content.split(b"\n") if line]
        kept = [line for line in lines if self._holds(line)]
        for line in kept:
            name, record = json.loads(line[65:])
            self.finished.setdefault(name, record)
        if lines:
            print(f"{file}: {len(kept)} finished before, {len(lines) - len(kept)} do not hold.")
        return b"".join(line + b"\n" for line in kept)

    def _holds(self, line: bytes) -> bool:
        return line[64:65] == b" " and line[:64] == self._digest(line[65:])

    def _digest(self, content: bytes) -> bytes:
        return hashlib.sha256(self.key.encode() + b"\n" + content).hexdigest().encode()
