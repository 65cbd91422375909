"""Download a file: resumed, repeated, verified before it has its name, once among processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

from filelock import FileLock

from spikebench.data.fetch.expected import HINT, Expected, Found, WrongBytes, measured
from spikebench.data.fetch.part import Part
from spikebench.data.fetch.transfer import Failure, Progress, Transfer, attempt
from spikebench.errors import BenchError
from spikebench.io.disk import DiskError, writing

PATIENT = Transfer()


class NotFetched(BenchError):
    """An address did not give its file."""


class Unreachable(NotFetched):
    """No server answered at an address."""


def download(
    url: str,
    destination: Path,
    *,
    sha256: str | None,
    size: int | None,
    transfer: Transfer = PATIENT,
    hint: str = HINT,
    progress: Progress | None = None,
) -> Found:
    """Write the bytes of `url` to `destination`, whole and right, or nothing; return what they are.

    `sha256` may be the first digits of the hash; None is not checked. A file that is there and fits
    stays. What a broken transfer brought is kept in a hidden file beside the destination, from
    which the next call goes on; wrong bytes are thrown away and fetched once more. Other processes
    that want the same file wait. `progress` is told the number of bytes whenever some arrive.

    Raises `NotFetched` or `Unreachable`, `WrongBytes` with both hashes and `hint`, or `DiskError`.
    """
    expected = Expected(sha256, size, hint)
    with writing(destination, size), _alone(destination):
        if destination.is_file() and expected.fits(found := measured(destination)):
            return found
        return _fetch(url, Part(destination), expected, transfer, progress or _silent)


@contextmanager
def _alone(destination: Path) -> Iterator[None]:
    """Keep other processes from the file; the lock is a hidden file beside it."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(destination.with_name(f".{destination.name}.lock")):
        yield


def _silent(_: int) -> None:
    pass


def _fetch(
    url: str, part: Part, expected: Expected, transfer: Transfer, progress: Progress
) -> Found:
    try:
        found = _verified(url, part, expected, transfer, progress)
    except WrongBytes:  # damaged on the way, or put together from two versions
        found = _verified(url, part, expected, transfer, progress)
    part.finish()
    return found


def _verified(
    url: str, part: Part, expected: Expected, transfer: Transfer, progress: Progress
) -> Found:
    try:
        _complete(url, part, expected, transfer, progress)
        return expected.check(part.file, part.destination.name, url)
    except (WrongBytes, DiskError):
        part.discard()
        raise


def _complete(
    url: str, part: Part, expected: Expected, transfer: Transfer, progress: Progress
) -> None:
    """Ask for what is missing until nothing is, or patience ends."""
    if expected.size is not None and part.size >= expected.size:
        return  # an earlier process ended before it gave the file its name
    for count in range(1, transfer.attempts + 1):
        try:
            return attempt(url, part, expected, transfer, progress)
        except Failure as failure:
            if failure.final or count == transfer.attempts:
                raise _given_up(url, part, failure, count) from failure
            sleep(transfer.pause_after(count, failure.wait))


def _given_up(url: str, part: Part, failure: Failure, attempts: int) -> NotFetched:
    kind = NotFetched if failure.reached else Unreachable
    often = f" ({attempts} attempts)" if attempts > 1 else ""
    return kind(
        f"{part.destination.name} could not be fetched from {url}: {failure.reason}{often}."
    )
