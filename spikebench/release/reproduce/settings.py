"""The configuration under which some rows of a published run are computed again."""

from collections.abc import Set
from pathlib import Path
from typing import Any

import yaml

from spikebench.errors import BenchError
from spikebench.io.workfolder import CATALOGUE
from spikebench.metrics.trunks import reason_without
from spikebench.release.reproduce.table import Published
from spikebench.run.config import RunConfig
from spikebench.run.load import load_config

WITHOUT_LPIPS = "squeeze"  # no package brings this network: it is not found where TORCH_HOME is not


def settings(table: Published, rows: Set[str]) -> dict[str, Any]:
    """Return a run's configuration with these rows alone, fit for YAML.

    No cell's settings depend on other rows. Paths that are relative start at the folder where the
    command is given. Where the run had no network for LPIPS, which is a setting too, it is told to
    look through one that `Again` hides. Raises `BenchError` where it had one and here is none.
    """
    config = yaml.safe_load(table.run["config"])
    config["methods"] = {row: said for row, said in config["methods"].items() if row in rows}
    config["benchmarks"] = list(filter(None, (_only(b, rows) for b in config["benchmarks"])))
    config["reference_row"] = None
    folders, provided = config.get("method_paths", ["methods"]), config.get("provided", {})
    config["method_paths"] = [
        name if name in CATALOGUE else str(Path(name).absolute()) for name in folders
    ]
    config["provided"] = {name: str(Path(place).absolute()) for name, place in provided.items()}
    if not table.has_lpips:
        config["lpips"] = WITHOUT_LPIPS
    elif missing := reason_without(config.get("lpips", "alex")):
        raise BenchError(f"{table.folder} has LPIPS among its columns, and here: {missing}")
    return config


def checked(config: dict[str, Any], table: Published, root: Path) -> RunConfig:
    """Return the configuration, whose names are looked up below `root`.

    Raises `BenchError`, a line for each name that is not here, and says where they were.
    """
    place = f"{table.folder}/run.parquet"
    try:
        return load_config(config, place=place, root=root)
    except BenchError as error:
        commits = " or ".join(table.said("git_commit"))
        raise BenchError(
            f"{error}\nNot here as in the table, which was measured at commit {commits}. Check "
            "that out, or ask for other cells."
        ) from None


def _only(benchmark: dict[str, Any], rows: Set[str]) -> dict[str, Any] | None:
    """Return a benchmark with some of its rows; None where it has none of them."""
    if benchmark.get("methods") is None:
        return benchmark
    kept = [row for row in benchmark["methods"] if row in rows]
    return benchmark | {"methods": kept} if kept else None
