"""A copy of this checkout to run the real workflow in, without a network."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parents[2]
FOLDERS = (
    "workflow",
    "profiles",
    "spikebench",
    "datasets",
    "backbones",
    "methods",
    "finetuning",
    "docs",
)
BESIDE = (
    *("Snakefile", "CITATION.cff", "LICENSE", "environment.yml"),
    *("requirements/run.lock", "requirements/weights.lock"),
)


def copy_checkout(root: Path) -> Path:
    """Copy what a run needs to `root`, with the compiled kernels, and return it."""
    for name in FOLDERS:
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / name, root / name, ignore=ignore)
    for name in BESIDE:
        (root / name).parent.mkdir(exist_ok=True)
        shutil.copy(REPOSITORY / name, root / name)
    return root


def configure(root: Path, config: dict[str, Any], name: str = "my.yaml") -> None:
    """Write a run's configuration."""
    (root / name).write_text(yaml.safe_dump(config))


def snakemake(
    root: Path, *targets: str, configfile: str = "my.yaml", **variables: str
) -> subprocess.CompletedProcess:
    """Run the workflow of the checkout `root` there; `variables` are added to the environment."""
    command = ["-m", "snakemake", "--cores", "2", *targets, "--configfile", configfile]
    others = {name: value for name, value in os.environ.items() if name != "SPIKEBENCH_MIRROR"}
    environment = others | {"PYTHONPATH": str(root), "http_proxy": "http://localhost:9"} | variables
    return subprocess.run(
        [sys.executable, *command], cwd=root, env=environment, capture_output=True, text=True
    )
