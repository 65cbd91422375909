"""A checkout in small: two tasks, their data sets and backbones, three method files, one run."""

import copy
from pathlib import Path
from typing import Any

import yaml

RUN: dict[str, Any] = {
    "run": "mini",
    "seed": 0,
    "repetitions": 1,
    "timesteps": [1, 2, 4],
    "readout": "mean",
    "calibration": {
        "patches": 2,
        "size": 16,
        "datasets": {"denoise": "training", "super_resolution": "training"},
    },
    "benchmarks": [{"datasets": ["noisy"], "backbones": ["denoiser"]}],
    "method_paths": ["methods"],
    "energy_models": ["45nm_fp32_cached"],
    "methods": {"ann": {}, "max_norm": {}, "strict": {"method": "max_norm", "hard_reset": True}},
}

DATASETS = {
    "training": ["denoise", "super_resolution"],
    "noisy": ["denoise"],
    "small": ["super_resolution"],
    "smaller": ["super_resolution"],
}
BACKBONES = {"denoiser": "denoise", "upscaler": "super_resolution"}


COLUMNS = "name,role,photograph,top,left,side,sha256"


def run_config(**changes: Any) -> dict[str, Any]:
    """Return the miniature's configuration with some top-level keys replaced."""
    return copy.deepcopy(RUN) | changes


def write_catalogue(root: Path) -> Path:
    """Write the folders in which names are looked up, as far as they are."""
    for digit, (name, tasks) in enumerate(DATASETS.items()):
        role = "train" if name == "training" else "test"
        about = {"title": name, "role": role, "tasks": tasks, "images": 1, "sides": [16, 16]}
        manifest = about | {"licence": "none", "citation": "none"}
        _write(root / f"datasets/{name}/dataset.yaml", yaml.safe_dump(manifest))
        image = f"camera,target,camera.png,0,0,16,{str(digit) * 64}"
        _write(root / f"datasets/{name}/files.csv", f"{COLUMNS}\n{image}\n")
    for name, kind in BACKBONES.items():
        manifest = {
            "architecture": "plain",
            "task": {"kind": kind},
            "weights": {"file": f"weights/{name}.safetensors"},
            "recipe": {"dataset": "training", "threads": 2},
        }
        _write(root / f"backbones/{name}.yaml", yaml.safe_dump(manifest))
        _write(root / f"backbones/weights/{name}.safetensors", "")
    _write(root / "backbones/plain.py", "")
    recipe = {"datasets": {"denoise": {"name": "training"}}, "training": {"threads": 1}}
    _write(root / "finetuning/brief.yaml", yaml.safe_dump(recipe))
    for name in ("ann", "max_norm", "burst", "_template"):
        _write(root / f"methods/{name}.py", f'"""{name}"""\n')
    _write(root / "docs/references.bib", "")
    return root


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
