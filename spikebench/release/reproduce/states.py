"""Rows of a table whose trained state was trained again since: nothing here can give their bits."""

import json
from pathlib import Path

import pyarrow.parquet as pq

from spikebench.io.checksums import file_sha256
from spikebench.run import catalogue


def trained_again(folder: Path, checkout: Path) -> set[tuple[str, str]]:
    """Return (backbone, row) of each row of results/<run> whose committed state is another here.

    Nothing for a table of before states were kept beside it.
    """
    files = [folder / f"{name}.parquet" for name in ("methods", "training")]
    if not all(file.is_file() for file in files):
        return set()
    methods, training = (pq.read_table(file) for file in files)
    recipes = {
        row["method"]: json.loads(row["settings"]).get("tuned", "")
        for row in methods.select(["method", "settings"]).to_pylist()
    }
    keys = ("backbone", "recipe", "state_sha256")
    states = set(zip(*(training[key].to_pylist() for key in keys), strict=True))
    others = {(net, recipe) for net, recipe, sha in states if _other(checkout, net, recipe, sha)}
    return {
        (net, row) for net, other in others for row, recipe in recipes.items() if recipe == other
    }


def _other(checkout: Path, backbone: str, recipe: str, sha256: str) -> bool:
    file = checkout / catalogue.committed_state(recipe, backbone)
    return file.is_file() and file_sha256(file) != sha256
