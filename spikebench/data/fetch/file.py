"""One file: from a mirror or its public address, verified, and the same as before."""

from pathlib import Path

from spikebench.data.fetch import first_use
from spikebench.data.fetch.expected import Expected, Found, measured
from spikebench.data.fetch.mirror import bring
from spikebench.data.fetch.transfer import Progress
from spikebench.errors import BenchError


def fetch_file(
    url: str,
    destination: Path,
    sha256: str | None,
    size: int | None,
    mirror: str | None = None,
    *,
    sha256_prefix: str | None = None,
    progress: Progress | None = None,
) -> Found:
    """Write the bytes of `url` to `destination`, or nothing; return their number and SHA-256.

    `mirror`, by default the environment's SPIKEBENCH_MIRROR, is a folder or an http(s) address laid
    out HOST/PATH; where it is set the public address is not asked. What comes over the network
    stays in `spikebench.data.fetch.mirror.CACHE`. A file that is there with the right hash stays.

    Without `sha256` the file must be what it was at its first use, which is recorded if it is now;
    `sha256_prefix` pins how its hash begins. Raises `BenchError` naming file, address and mirror
    setting where the bytes cannot be had, or both hashes where they are not the right ones.
    """
    expected = _expected(url, sha256, size, sha256_prefix)
    here = expected.sha256 is not None and destination.is_file()
    if not (here and expected.fits(found := measured(destination))):
        found = bring(url, destination, expected, mirror, progress)
    if sha256 is None:
        first_use.record(url, *found)
    return found


def _expected(url: str, sha256: str | None, size: int | None, prefix: str | None) -> Expected:
    pinned = Expected(sha256 or prefix, size)
    before = None if sha256 else first_use.recorded(url)
    if before is None:
        return pinned
    if not pinned.fits(before):
        raise BenchError(
            f"{first_use.FILE} says that {url} has {before[0]} bytes and SHA-256 {before[1]}, but "
            f"its pin is {pinned}. Delete the line, or mend the pin."
        )
    return Expected(before[1], hint=first_use.hint(url))
