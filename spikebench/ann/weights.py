"""Bring the weights of a backbone to a safetensors file, verified."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from torch import nn

from spikebench.ann.backbone import ROOT, BackboneSpec, Weights, build
from spikebench.ann.legacy_pickle import read_legacy_module
from spikebench.ann.state import (
    check_state,
    read_pth,
    read_safetensors,
    renamed,
    with_counters,
)
from spikebench.data.fetch.file import fetch_file
from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path
from spikebench.io.checksums import file_sha256
from spikebench.io.tensors import save_safetensors

READERS = {"state_dict": read_pth, "legacy_module": read_legacy_module}


def fetch_weights(spec: BackboneSpec, destination: Path, root: Path = ROOT) -> None:
    """Write the backbone's weights to `destination`, a safetensors file.

    Raises `BenchError` where they cannot be had, are not the pinned bytes, or do not fit the
    architecture; nothing is written then. Fetched files are read without running code.
    """
    network = build(spec, root)
    if spec.weights.url is not None:
        _convert(spec.weights.url, spec.weights, network, destination)
    if spec.weights.file is not None:
        _copy(root / spec.weights.file, spec, network, destination)


def _convert(url: str, source: Weights, network: nn.Module, destination: Path) -> None:
    """Fetch a PyTorch file and write its tensors under the names that the network gives them."""
    with TemporaryDirectory() as folder:
        file = Path(folder, Path(url).name)
        fetch_file(url, file, source.sha256, source.bytes, sha256_prefix=source.sha256_prefix)
        state = READERS[source.format](file)
        state = with_counters(renamed(state, source.rename, file), network)
        check_state(state, network, file)
    save_safetensors(state, destination)


def _copy(file: Path, spec: BackboneSpec, network: nn.Module, destination: Path) -> None:
    """Copy the bytes, so that the hash in the yaml is also the one in the results."""
    if not file.is_file() or file_sha256(file) != spec.weights.sha256:
        raise BenchError(
            f"{file} is missing or is not the file whose SHA-256 {spec.name}.yaml pins. "
            f"Restore it (git checkout -- {file}), or pin the new file if you trained it."
        )
    check_state(read_safetensors(file), network, file)
    with atomic_path(destination) as temporary:
        shutil.copyfile(file, temporary)
