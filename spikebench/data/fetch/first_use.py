"""What files without a pin were at their first use, so that a later change is seen."""

import csv
import re
from pathlib import Path

from filelock import FileLock

from spikebench.data.entry import SHA256
from spikebench.data.fetch.expected import Found
from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path

FILE = Path("resources/first_use.csv")
COLUMNS = ["url", "bytes", "sha256"]


def recorded(url: str) -> Found | None:
    """Return the size and SHA-256 that the file of an address had at its first use, if it had one.

    Raises `BenchError` where the record is damaged.
    """
    return _read().get(url)


def record(url: str, size: int, sha256: str) -> None:
    """Write down what the file of an address is, unless that is known.

    Raises `BenchError` where something else is known, or the record is damaged.
    """
    FILE.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(FILE.with_name(f".{FILE.name}.lock")):
        known = _read()
        before = known.setdefault(url, (size, sha256))
        if before != (size, sha256):
            raise BenchError(
                f"{url} has {size} bytes and SHA-256 {sha256}; expected {before[0]} bytes and "
                f"{before[1]}. {hint(url)}"
            )
        _write(known)


def hint(url: str) -> str:
    """Return how to mend a file that is not what it was."""
    return (
        f"So it was at its first use, says {FILE}. Numbers made with it would not compare: find "
        f"the former file, or, if the change is meant, delete the line of {url} there."
    )


def _read() -> dict[str, Found]:
    if not FILE.is_file():
        return {}
    known: dict[str, Found] = {}
    with FILE.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream, strict=True)
        try:
            if next(rows, None) != COLUMNS:
                raise ValueError("the names of the columns are missing")
            for url, size, sha256 in rows:
                if url in known or not re.match(SHA256, sha256):
                    raise ValueError("a second line for an address, or no SHA-256")
                known[url] = (int(size), sha256)
        except (ValueError, csv.Error) as error:
            raise BenchError(
                f"{FILE}, line {rows.line_num}, is damaged: {error}. Expected: "
                f"{', '.join(COLUMNS)}. Mend the line, or delete it: it is then recorded anew."
            ) from error
    return known


def _write(known: dict[str, Found]) -> None:
    with (
        atomic_path(FILE) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as stream,
    ):
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows((url, *known[url]) for url in sorted(known))
