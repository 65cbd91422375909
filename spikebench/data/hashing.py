"""What a data set's files are, as one hash."""

import hashlib
from pathlib import Path

from spikebench.data.registry import DatasetSpec
from spikebench.io.checksums import file_sha256


def dataset_sha256(spec: DatasetSpec, folder: Path) -> str:
    """Return one SHA-256 over names and bytes of the set's files as they lie in `folder`."""
    names = sorted(entry.file_name for entry in spec.files)
    lines = [f"{file_sha256(folder / name)}  {name}" for name in names]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
