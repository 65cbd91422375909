"""Bring the files of a data set here: from a mirror or their public address, verified."""

import hashlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import requests
from tqdm import tqdm

from spikebench.data.embedded import write_crop
from spikebench.data.registry import DatasetSpec, FileEntry
from spikebench.errors import BenchError
from spikebench.files import atomic_path
from spikebench.provenance import file_sha256

MIRROR = "SPIKEBENCH_MIRROR"
PARALLEL = 8
TIMEOUT = 30  # seconds without a byte


def fetch_file(
    url: str, destination: Path, sha256: str, size: int, mirror: str | None = None
) -> None:
    """Write the bytes of `url` to `destination`, or nothing.

    `mirror`, by default the environment's SPIKEBENCH_MIRROR, is a folder or an http(s) address laid
    out HOST/PATH; where it is set the public address is not asked. A file that is already there
    with the right hash stays. Raises `BenchError` naming file, address and mirror setting where the
    bytes cannot be had or are not the pinned ones.
    """
    if destination.is_file() and file_sha256(destination) == sha256:
        return
    source = _mirrored(url, mirror or os.environ.get(MIRROR))
    try:
        with atomic_path(destination) as temporary:
            with temporary.open("wb") as target:
                _copy(source, target)
            _verify(temporary, destination.name, source, sha256, size)
    except (OSError, requests.RequestException) as error:
        raise BenchError(
            f"{destination.name} could not be fetched from {source}: {error}. Connect to the "
            f"network, or set {MIRROR} to a folder or address that holds HOST/PATH of {url}."
        ) from error


def fetch_dataset(spec: DatasetSpec, folder: Path) -> None:
    """Write every file of a data set below `folder`, a few at a time, with a progress bar.

    Files that are there and right stay. A failed file does not stop the others; `BenchError` names
    all of them at the end.
    """
    with ThreadPoolExecutor(PARALLEL) as pool:
        jobs = [pool.submit(_fetch_entry, entry, folder) for entry in spec.files]
        for job in tqdm(jobs, desc=spec.name, unit="file"):
            job.exception()  # waits
    failures = [str(job.exception()) for job in jobs if job.exception()]
    if failures:
        raise BenchError(
            f"Data set '{spec.name}': {len(failures)} of {len(jobs)} files failed.\n"
            + "\n".join(failures)
        )


def _fetch_entry(entry: FileEntry, folder: Path) -> None:
    destination = folder / entry.file_name
    if entry.photograph:
        write_crop(entry, destination)
    else:
        fetch_file(entry.url, destination, entry.sha256, entry.bytes)


def _mirrored(url: str, mirror: str | None) -> str:
    return f"{mirror.rstrip('/')}/{url.split('://', 1)[1]}" if mirror else url


def _copy(source: str, target: IO[bytes]) -> None:
    if not source.startswith(("http://", "https://")):
        with Path(source).open("rb") as stream:
            shutil.copyfileobj(stream, target)
        return
    with requests.get(source, stream=True, timeout=TIMEOUT) as response:
        response.raise_for_status()
        for chunk in response.iter_content(1 << 20):
            target.write(chunk)


def _verify(file: Path, name: str, source: str, sha256: str, size: int) -> None:
    found, digest = file.stat().st_size, hashlib.sha256(file.read_bytes()).hexdigest()
    if (found, digest) != (size, sha256):
        raise BenchError(
            f"{name} from {source} has {found} bytes and SHA-256 {digest}; expected {size} bytes "
            f"and {sha256}. The source is damaged or was changed: try again, or mend the mirror."
        )
