"""Tensors as safetensors files. Apart from `files`, since tables are written without torch."""

import json
from pathlib import Path

from safetensors.torch import save
from torch import Tensor

from spikebench.io.atomic import atomic_path


def save_safetensors(
    tensors: dict[str, Tensor], path: Path, metadata: dict[str, str] | None = None
) -> None:
    """Write tensors and string metadata as one safetensors file, atomically.

    The same tensors and metadata give the same bytes.
    """
    content = save({name: value.contiguous() for name, value in tensors.items()}, metadata)
    with atomic_path(path) as temporary:
        temporary.write_bytes(_with_sorted_metadata(content) if metadata else content)


def _with_sorted_metadata(content: bytes) -> bytes:
    """Sort the header of a safetensors file: the library writes metadata in a random order."""
    end = 8 + int.from_bytes(content[:8], "little")
    header = json.dumps(json.loads(content[8:end]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)  # the tensors behind it stay aligned
    return len(header).to_bytes(8, "little") + header + content[end:]
