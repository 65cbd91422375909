"""A folder backbones/ in small: one architecture, one embedded backbone, one to be fetched."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from spikebench.ann.backbone import build, load_backbone_spec
from spikebench.ann.recipe import Recipe
from spikebench.io.tensors import save_safetensors

TASK = {"kind": "denoise", "channels": "grey", "sigma": 25, "protocol": "grey_float"}


@pytest.fixture
def root(tmp_path) -> Path:
    """Backbones `embedded` and `fetched`, both of two layers; the folder holds their weights."""
    folder = tmp_path / "backbones"
    folder.mkdir()
    shutil.copy("backbones/dncnn.py", folder)
    weights = {"file": "weights/embedded.safetensors", "bytes": 1, "sha256": "0" * 64}
    write_spec(folder, "embedded", weights=weights)

    torch.manual_seed(0)
    network = build(load_backbone_spec("embedded", folder), folder)
    file = folder / weights["file"]
    save_safetensors(network.state_dict(), file)
    write_spec(folder, "embedded", weights={"file": weights["file"], **pins(file)})

    torch.save(network.state_dict(), folder / "fetched.pth")
    write_spec(folder, "fetched", weights=fetched_from(folder / "fetched.pth"))
    return folder


@pytest.fixture(scope="session")
def recipe() -> Callable[..., Recipe]:
    """Return a recipe of five steps, some settings replaced."""
    settings = {
        "dataset": "training",
        "dataset_sha256": "0" * 64,
        "patch": 8,
        "batch": 2,
        "steps": 5,
        "loss": "l1",
        "learning_rate": 1e-2,
        "warmup": 0.4,
        "ema": 0.5,
        "seed": 0,
        "threads": 1,
    }
    return lambda **changes: Recipe(**settings | changes)


def write_spec(folder: Path, name: str, **changes: Any) -> None:
    """Write `folder`/<name>.yaml, a two-layer denoiser, with some keys replaced."""
    content = {
        "title": name,
        "architecture": "dncnn",
        "options": {"depth": 2, "width": 4},
        "task": TASK,
        "citation": "zhang2017dncnn",
        "licence": "MIT",
    }
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(content | changes))


def fetched_from(file: Path) -> dict[str, Any]:
    return {"url": f"https://example.org/{file.name}", **pins(file)}


def pins(file: Path) -> dict[str, Any]:
    content = file.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
