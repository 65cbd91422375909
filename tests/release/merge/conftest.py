"""The made-up run whole, and the same run as two runs that share its references."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from tests.report.made_up import BACKBONES, GRID, METHODS_MADE, write_run

CALIBRATION = {"patches": 4, "size": 16, "datasets": {"denoise": "training"}}
SHARED = ("input", "ann")
PARTS = {"monday": ("steady",), "tuesday": ("greedy", "greedy_plain")}
MEASURED = ("images", "layers", "pictures", "methods", "energy_models", "run")


def config(run: str, methods: tuple[str, ...]) -> dict:
    return {
        "run": run,
        "seed": 0,
        "repetitions": 1,
        "timesteps": GRID,
        "readout": "mean",
        "calibration": CALIBRATION,
        "benchmarks": [{"datasets": ["photos"], "backbones": list(BACKBONES), "images": None}],
        "method_paths": ["methods"],
        "lpips": "alex",
        "verify_backbones": False,
        "reference_row": None,
        "methods": {label: {} for label in methods},
    }


def edit(folder: Path, name: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """Replace a table by what `change` makes of it, its schema kept."""
    file = folder / f"{name}.parquet"
    table = pq.read_table(file)
    changed = change(table.to_pandas())
    pq.write_table(pa.Table.from_pandas(changed, table.schema, preserve_index=False), file)


@pytest.fixture(scope="session")
def whole(tmp_path_factory) -> Path:
    folder = write_run(tmp_path_factory.mktemp("whole") / "whole")
    _describe(folder, "whole", (*SHARED, *METHODS_MADE))
    return folder


@pytest.fixture
def halves(whole, tmp_path) -> tuple[Path, Path]:
    """Two runs of the same images, each with rows of its own."""
    return tuple(_part(whole, tmp_path / name, methods) for name, methods in PARTS.items())


def _part(whole: Path, folder: Path, methods: tuple[str, ...]) -> Path:
    folder.mkdir()
    rows = (*SHARED, *methods)
    for name in MEASURED:
        shutil.copy(whole / f"{name}.parquet", folder)
        if name in ("images", "layers", "pictures", "methods"):
            edit(folder, name, lambda table: table[table["method"].isin(rows)])
    _describe(folder, folder.name, rows)
    return folder


def _describe(folder: Path, name: str, methods: tuple[str, ...]) -> None:
    said = config(name, methods)
    texts = {"run": name, "config": yaml.safe_dump(said, sort_keys=False), "refusals": "[]"}
    texts["benchmarks"] = json.dumps(said["benchmarks"])
    edit(folder, "run", lambda run: run.assign(**texts))
