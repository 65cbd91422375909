"""Where a number comes from: hashes of its sources, data and settings, and the commit.

Nothing here imports torch, because Snakemake asks for the sources at every start.
"""

import hashlib
import json
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from spikebench import __version__
from spikebench.io.checksums import file_sha256
from spikebench.run.sources import LIBRARY, Stage, method_hash, sources_hash, stage_sources

INPUTS = ("datasets", "backbones", "finetuning")  # of a run; rows carry no hash of all of them
# What runs write and the repository keeps: it decides no number, and may differ from the commit
WRITTEN = ("results", "reports", "README.md")


def evaluator_hash() -> str:
    """Return the hash of every library source that can change a number."""
    return sources_hash(stage_sources(Stage.EVALUATE))


def config_hash(settings: dict[str, Any]) -> str:
    """Return the SHA-256 of settings as canonical JSON; the order of keys does not matter.

    It is taken over the settings of one cell, not of the run: a row keeps its hash when a method is
    added next to it.
    """
    text = json.dumps(settings, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def git_commit(folder: Path = LIBRARY) -> str:
    """Return the commit of the checkout that holds `folder`, "+dirty" if tracked files differ.

    Pages and tables that were written anew do not count. Outside a checkout, or where git is not
    installed, it is "unknown".
    """
    sources = [":/", *(f":(top,exclude){name}" for name in WRITTEN)]
    try:
        commit = _git(folder, "rev-parse", "HEAD")
        changes = _git(folder, "status", "--porcelain", "--untracked-files=no", "--", *sources)
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
    # A checkout that serves many belongs to someone else, which git does not like.
    command = ["git", "-c", "safe.directory=*", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def provenance(
    *, method_file: Path, weights: Path, dataset_sha256: str, settings: dict[str, Any]
) -> dict[str, str]:
    """Return the provenance columns of the rows of one cell."""
    return {
        "method_hash": method_hash(method_file),
        "weights_sha256": file_sha256(weights),
        "dataset_sha256": dataset_sha256,
        "evaluator_hash": evaluator_hash(),
        "config_hash": config_hash(settings),
        "git_commit": git_commit(),
        "version": __version__,
        "torch_version": version("torch"),
    }
