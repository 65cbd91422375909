"""One small conversion and evaluation on what comes with the repository, no download."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import nn

from spikebench.ann.backbone import build, load_backbone_spec
from spikebench.data.fetch.dataset import fetch_dataset
from spikebench.data.registry import load_dataset
from spikebench.stages.convert import convert as convert_backbone
from spikebench.stages.evaluate import CellInputs, evaluate_cell

BACKBONE = "espcn_tiny_x2"
WEIGHTS = Path(f"backbones/weights/{BACKBONE}.safetensors")
METHOD = '''"""A method for a test."""

from spikebench.snn import IF, Method, Reference


class Written({base}):
    title, citation, family = "Written", "none", "training-free"
{body}
'''


def fetch_images(folder: Path) -> Path:
    """Write the two embedded sets below `folder` and return it."""
    for name in ("embedded", "embedded_train"):
        fetch_dataset(load_dataset(name), folder / name)
    return folder


def network() -> nn.Module:
    """Return the backbone in plain PyTorch."""
    module = build(load_backbone_spec(BACKBONE))
    module.load_state_dict(load_file(WEIGHTS))
    return module.eval()


def write_method(folder: Path, body: str, base: str = "Method") -> Path:
    """Write a method file whose class has the given body."""
    file = folder / "written.py"
    file.write_text(METHOD.format(base=base, body=body))
    return file


def convert(images: Path, output: Path, method: str | Path, **changes: Any) -> Path:
    """Convert the backbone by a method's name or file, on two small patches."""
    settings = {
        "backbone": BACKBONE,
        "weights": WEIGHTS,
        "method_file": Path(f"methods/{method}.py") if isinstance(method, str) else method,
        "method_options": {},
        "method_label": "row",
        "calibration": "embedded_train",
        "calibration_folder": images / "embedded_train",
        "patches": 2,
        "size": 16,
        "timesteps": [1, 2],
        "readout": "mean",
        "seed": 0,
    }
    convert_backbone(**settings | changes, output=output)
    return output


def evaluate(
    images: Path,
    converted: Path,
    output: Path,
    method: str | Path,
    chosen: int | tuple[str, ...] = ("camera",),
    parts: Sequence[Path] = (),
    **changes: Any,
) -> Path:
    """Evaluate the converted backbone on the chosen images; return the folder of its tables."""
    evaluate_cell(
        images_out=output / "images.parquet",
        layers_out=output / "layers.parquet",
        pictures_out=output / "pictures.parquet",
        parts=parts,
        **cell_inputs(images, converted, method, chosen, **changes),
    )
    return output


def cell_inputs(
    images: Path,
    converted: Path,
    method: str | Path,
    chosen: int | tuple[str, ...] = ("camera",),
    **changes: Any,
) -> CellInputs:
    """Return what `evaluate` evaluates."""
    file = Path(f"methods/{method}.py") if isinstance(method, str) else method
    settings = {
        "dataset": "embedded",
        "dataset_folder": images / "embedded",
        "backbone": BACKBONE,
        "weights": WEIGHTS,
        "method_file": file,
        "method_options": {},
        "method_label": "row",
        "calibration": "embedded_train",
        "calibration_folder": images / "embedded_train",
        "converted": converted,
        "timesteps": [1, 2],
        "seed": 0,
        "images": chosen if isinstance(chosen, int) else list(chosen),
        "lpips": None,
        "tuned": None,
        "threads": torch.get_num_threads(),
        "device": "cpu",
        "settings": {},
    }
    return settings | changes
