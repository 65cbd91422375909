"""Where a number comes from: hashes of files, library sources and settings, and the commit.

Nothing here imports torch, because Snakemake asks for the sources at every start.
"""

import hashlib
import json
import subprocess
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from spikebench import __version__
from spikebench.files import atomic_path

LIBRARY = Path(__file__).parent

# What the numbers of each stage depend on inside the library, as files and folders. Snakemake does
# not see which modules a script imports, so these are inputs of the stage's rule.
_TRAINED = ("ann", "data", "fetch", "files.py", "disk.py", "tensors.py", "seeds.py", "task.py")
_CONVERTED = (*_TRAINED, "snn", "convert.py")
_SCORED = ("metrics.py", "score_protocols.py", "perceptual.py", "torchvision_compat.py")
_MEASURED = (*_SCORED, "results.py")
_CONFIGURED = ("config.py", "catalogue.py")
_STORED = ("results.py", "files.py", "disk.py")
SUFFIXES = {".py", ".c", ".j2", ".css", ".js"}
_COMPARED = ("rules.py", "statistics", "seeds.py", *_STORED)
_SHOWN = ("report", "energy", "compare", "bibliography.py", "score_protocols.py", *_COMPARED)
SOURCES = {
    "pretrain": (*_TRAINED, "catalogue.py"),
    "finetune": (*_TRAINED, "snn", "finetune", "energy", "provenance.py", "catalogue.py"),
    "verify_backbone": (*_TRAINED, *_MEASURED),
    "trust_table": (*_TRAINED, "results.py", "trust.py", "verifiable.py", "catalogue.py"),
    "verify_backbones": _SHOWN,
    "convert": _CONVERTED,
    "evaluate": (
        *(*_CONVERTED, *_MEASURED, "entropy.py", "pictures.py"),
        *("journal.py", "evaluate.py", "cell_rows.py"),
    ),
    "collect": (
        *(*_TRAINED, *_MEASURED, *_CONFIGURED, "snn"),
        *("bibliography.py", "described_graph.py", "pictures.py", "journal.py", "collect.py"),
    ),
    "energy": ("energy", *_STORED),
    "check_numbers": ("impossible.py",),
    "leaderboard": ("leaderboard.py", "energy", "statistics", "seeds.py", *_STORED),
    "compare": ("compare", *_COMPARED),
    "report": _SHOWN,
}

INPUTS = ("datasets", "backbones", "finetuning")  # of a run; rows carry no hash of all of them


def source_files(stage: str, root: Path = LIBRARY) -> list[Path]:
    """Return the library's source files that a stage depends on, sorted."""
    roots = [root / name for name in SOURCES[stage]]
    folders = [file for root in roots for file in root.rglob("*") if file.suffix in SUFFIXES]
    return sorted([*folders, *(root for root in roots if root.is_file())])


def file_sha256(file: Path) -> str:
    """Return the SHA-256 of a file's bytes, 64 hex digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sources_hash(files: Iterable[Path], root: Path = LIBRARY) -> str:
    """Return one SHA-256 over the contents of files and their names relative to `root`."""
    lines = sorted(f"{file_sha256(file)}  {file.relative_to(root).as_posix()}" for file in files)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def list_sources(stage: str, folder: Path, *, root: Path = LIBRARY) -> Path:
    """Write down the SHA-256 of each of a stage's source files, unless it stands; return the file.

    It has lines as `sha256sum` writes them, with paths that begin at the parent of `root`. A rule
    that depends on it depends on all of them, and Snakemake has one file to look at for each job
    and not a hundred.
    """
    lines = [
        f"{file_sha256(file)}  {file.relative_to(root.parent).as_posix()}\n"
        for file in source_files(stage, root)
    ]
    listed, text = folder / f"{stage}.txt", "".join(lines)
    if not listed.is_file() or listed.read_text() != text:
        with atomic_path(listed) as temporary:
            temporary.write_text(text)
    return listed


def evaluator_hash() -> str:
    """Return the hash of every library source that can change a number."""
    return sources_hash(source_files("evaluate"))


def config_hash(settings: dict[str, Any]) -> str:
    """Return the SHA-256 of settings as canonical JSON; the order of keys does not matter.

    It is taken over the settings of one cell, not of the run: a row keeps its hash when a method is
    added next to it.
    """
    text = json.dumps(settings, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def git_commit(folder: Path = LIBRARY) -> str:
    """Return the commit of the checkout that holds `folder`, "+dirty" if tracked files differ.

    Outside a checkout, or where git is not installed, it is "unknown".
    """
    try:
        commit = _git(folder, "rev-parse", "HEAD")
        changes = _git(folder, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit}+dirty" if changes else commit


def changed_inputs(folder: Path = LIBRARY.parent) -> list[str]:
    """Return a line for each manifest, recipe or committed weight that differs from the commit.

    Nothing where `folder` is no checkout: then nobody knows what these files were.
    """
    try:
        names = _git(folder, "diff", "--name-only", "HEAD", "--", *INPUTS).splitlines()
    except (OSError, subprocess.CalledProcessError):
        return []
    return [
        f"{name} differs from the commit; git checkout -- {name} restores it." for name in names
    ]


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def provenance(
    *, method_file: Path, weights: Path, dataset_sha256: str, settings: dict[str, Any]
) -> dict[str, str]:
    """Return the provenance columns of the rows of one cell."""
    return {
        "method_hash": file_sha256(method_file),
        "weights_sha256": file_sha256(weights),
        "dataset_sha256": dataset_sha256,
        "evaluator_hash": evaluator_hash(),
        "config_hash": config_hash(settings),
        "git_commit": git_commit(),
        "version": __version__,
        "torch_version": version("torch"),
    }
