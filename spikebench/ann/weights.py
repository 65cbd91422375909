"""Bring the weights of a backbone to a safetensors file, verified."""

import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from torch import nn

from spikebench.ann.backbone import ROOT, BackboneSpec, Weights, build
from spikebench.ann.checkpoint import read_checkpoint
from spikebench.ann.choice import Choice, choose, in_types_of
from spikebench.ann.legacy_pickle import read_legacy_module
from spikebench.ann.state import check_state, read_safetensors
from spikebench.data.fetch.expected import Expected
from spikebench.data.fetch.file import fetch_file
from spikebench.errors import BenchError
from spikebench.io.atomic import atomic_path
from spikebench.io.checksums import file_sha256
from spikebench.io.local import at_home
from spikebench.io.tensors import save_safetensors

READERS = {"state_dict": read_checkpoint, "legacy_module": read_legacy_module}
CHANGED = "If the change is meant, pin the file anew: `spikebench add backbone --force` does."


def fetch_weights(spec: BackboneSpec, destination: Path, root: Path = ROOT) -> str:
    """Write the backbone's weights to `destination`, a safetensors file; say what was taken.

    Raises `BenchError` where they cannot be had, are not the pinned bytes, or do not fit the
    architecture; nothing is written then. Files are read without running code.
    """
    network, source = build(spec, root), spec.weights
    if source.embedded:
        file = root / str(source.file)
        _copy(file, spec, network, destination)
        return f"{file} is used as it is."
    with TemporaryDirectory() as folder:
        choice = read_weights(_brought(source, Path(folder), root), source, network)
    save_safetensors(choice.state, destination)
    return str(choice)


def read_weights(file: Path, source: Weights, network: nn.Module) -> Choice:
    """Return the network's tensors in a file, under its names and in its types.

    Raises `BenchError` where the file cannot be read safely, or no tensors in it fit.
    """
    tensors = READERS[source.format](file)
    choice = choose(tensors, network, file, source.key, source.rename)
    state = in_types_of(network, choice.state)
    check_state(state, network, file)
    return replace(choice, state=state)


def _brought(source: Weights, folder: Path, root: Path) -> Path:
    """Return the pinned file: fetched below `folder`, or where the user has it."""
    if source.url is not None:
        file = folder / Path(source.url).name
        fetch_file(
            source.url, file, source.sha256, source.bytes, sha256_prefix=source.sha256_prefix
        )
        return file
    file = at_home(str(source.file), root)
    if not file.is_file():
        raise BenchError(f"There is no file {file}. Mend `weights.file`.")
    pinned = Expected(source.sha256 or source.sha256_prefix, source.bytes, hint=CHANGED)
    pinned.check(file, file.name, str(file.parent))
    return file


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
