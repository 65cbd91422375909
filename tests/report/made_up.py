"""A run that never was: results in the true schemas, from formulas, to show and to check."""

import json
from pathlib import Path

import pandas as pd
import torch

from spikebench.analysis.compare import write_tables
from spikebench.analysis.leaderboard import write_leaderboard
from spikebench.energy import MODELS
from spikebench.energy.price import price
from spikebench.results.columns.description import ENERGY_MODELS as MODELS_TABLE
from spikebench.results.columns.description import METHODS, RUN
from spikebench.results.columns.energy import ENERGY
from spikebench.results.columns.images import IMAGES
from spikebench.results.columns.layers import LAYERS
from spikebench.results.columns.pictures import SHOWN_PICTURES
from spikebench.results.columns.training import TRAINING
from spikebench.results.shards import write_frame, write_shard
from spikebench.stages.pictures import centre_crop
from tests.rows import layer_frame

GRID = [1, 2, 4, 8]
ENERGY_MODELS = ["45nm_fp32_cached", "45nm_int8_state", "lemaire_int32", "movement_22nm"]
BACKBONES = {"denoiser": ("denoise", 20.0, 29.0), "upscaler": ("super_resolution", 33.0, 37.0)}
# label: (name, options, error at T = 1 in dB, spikes per neuron and step)
METHODS_MADE = {
    "steady": ("Steady", {}, 8.0, 0.2),
    "greedy": ("Greedy", {}, 2.0, 0.6),
    "greedy_plain": ("Greedy, no extra", {"mprn": False, "cpm": False}, 6.0, 0.5),
}
BIBTEX = """@article{doe2020,
  author  = {Doe, Jane and M{\\"u}ller, Karl},
  title   = {On {SNN}s \\& More},
  journal = {A Journal},
  year    = {2020},
}"""


def _node(name: str, kind: str, what: str, *inputs: str) -> dict:
    role = "activation"
    return {"name": name, "kind": kind, "inputs": list(inputs), "role": role, "what": what}


GRAPH = [
    _node("image", "input", "input"),
    _node("entry", "synapse", "Conv2d 3x3, 1 → 100", "image"),
    _node("relu", "site", "ReLU", "entry"),
    _node("hidden", "synapse", "Conv2d 3x3, 100 → 1", "relu"),
    _node("sub", "wiring", "sub", "image", "hidden"),
]
NETS = {
    name: {
        "title": name.title(),
        "architecture": "plain",
        "options": {"width": 100},
        "weights": {"url": "https://example.org/a.pth", "sha256": "0" * 64},
        "bibtex": BIBTEX,
        "graph": GRAPH,
        "task": {"kind": task},
        "citation": "none",
        "licence": "MIT",
        "published": [{"dataset": "photos", "protocol": "x", "psnr": 29.1, "source": "a paper"}],
        "measured": [],
    }
    for name, (task, *_) in BACKBONES.items()
}
REFUSAL = {"backbone": "upscaler", "method": "greedy", "reason": "It has <two> outputs."}
SETS: dict[str, dict] = {
    "photos": {
        "title": "Photos",
        "role": "test",
        "images": 6,
        "licence": "CC0",
        "citation": "none",
        "bibtex": "",
        "notes": None,
        "pins": "Fully pinned.",
    }
}


def write_run(folder: Path) -> Path:
    """Write all tables of the made-up run into `folder` and return it."""
    images = [row for name in BACKBONES for row in _images(name)]
    write_shard(folder / "images.parquet", images, IMAGES)
    write_shard(folder / "pictures.parquet", _pictures(images), SHOWN_PICTURES)
    write_shard(folder / "methods.parquet", _methods(), METHODS)
    write_shard(folder / "training.parquet", [], TRAINING)
    write_shard(folder / "run.parquet", [_run()], RUN)
    frame = pd.DataFrame(images)
    models = [MODELS[name] for name in ENERGY_MODELS]
    layers = _layers(images)
    write_frame(folder / "layers.parquet", layers, LAYERS)
    energy = price(frame, layers, models)
    described = [model.described(name) for model, name in zip(models, ENERGY_MODELS, strict=True)]
    write_shard(folder / "energy_models.parquet", described, MODELS_TABLE)
    write_frame(folder / "energy.parquet", energy, ENERGY)
    rank_run(folder)
    return folder


def rank_run(folder: Path) -> None:
    """Write the tables that follow from the images and the energy in `folder`."""
    images, layers, energy = (folder / f"{name}.parquet" for name in ("images", "layers", "energy"))
    write_leaderboard(images, layers, energy, folder)
    write_tables(
        pd.read_parquet(folder / "images.parquet"),
        *(pd.read_parquet(folder / f"{name}.parquet") for name in ("leaderboard", "prices")),
        timesteps=GRID,
        order=["input", "ann", *METHODS_MADE],
        reference=None,
        folder=folder,
    )


def _images(backbone: str) -> list[dict]:
    _, floor, ceiling = BACKBONES[backbone]
    rows: list[dict] = []
    for image in range(SETS["photos"]["images"]):
        ann = ceiling + image / 10
        rows += [
            _row(backbone, "ann", 0, image, ann, ann, floor, spikes=0.0),
            _row(backbone, "input", 0, image, floor, ann, floor, spikes=0.0),
        ]
        rows += [
            _row(backbone, label, time, image, ann - error / time, ann, floor, spikes=rate * time)
            for label, (_, _, error, rate) in METHODS_MADE.items()
            for time in GRID
        ]
    return rows


def _row(
    backbone: str,
    method: str,
    time: int,
    image: int,
    psnr: float,
    ann: float,
    floor: float,
    *,
    spikes: float,
) -> dict:
    dense = 10_000_000
    texts = {field.name: "x" for field in IMAGES.fields if field.kind == "text"}
    wholes = {field.name: 0 for field in IMAGES.fields if field.kind == "whole"}
    return {
        **texts,
        **wholes,
        "task": BACKBONES[backbone][0],
        "dataset": "photos",
        "image": f"photo{image}",
        "backbone": backbone,
        "method": method,
        "family": "training-free" if time else "reference",
        "spike_class": ("signed" if method == "steady" else "binary") if time else "none",
        "timesteps": time,
        "latency_steps": time + (method == "greedy") if time else 0,
        "macs_cached": dense if method == "ann" else 0,
        "macs_streaming": dense if method == "ann" else 0,
        "macs_dense": dense,
        "synops": int(dense * spikes),
        "psnr": psnr,
        "ssim": psnr / 50,
        "psnr_ann": ann,
        "psnr_input": floor,
        "spikes_per_neuron": spikes,
        "seconds": 0.1,
        "lpips": None,
        "git_commit": "0123abc",
        "output_entropy": 6.0 + time / 2 if method != "input" else None,
    }


def _layers(images: list[dict]) -> pd.DataFrame:
    """One layer does it all: of 1000 neurons that reach 10,000 outputs each, half are silent."""
    kept = ("task", "dataset", "backbone", "method", "timesteps", "seed")
    counted = ("synops", "macs_cached", "macs_streaming", "macs_dense")
    shape = {"inputs": 1000, "outputs": 1000, "weights": 10_000, "biases": 100, "kernel": 9}
    return layer_frame(
        *(
            {name: row[name] for name in kept}
            | {name: float(value) for name, value in shape.items()}
            | {name: float(row[name]) for name in counted}
            | {
                "input_kind": row["spike_class"] if row["timesteps"] else "analogue",
                "neurons": 1000.0,
                "spikes": 1000.0 * row["spikes_per_neuron"],
                "events": 1000.0 * row["spikes_per_neuron"],
                "macs_effective": row["macs_dense"] / 2,
                "passes": float(row["latency_steps"]),
            }
            for row in images
            if row["image"] == "photo0"
        )
    )


def _pictures(images: list[dict]) -> list[dict]:
    keys = ("dataset", "image", "backbone", "method", "timesteps", "seed")
    first = [row for row in images if row["image"] == "photo0"]
    restored = [{key: row[key] for key in keys} | {"role": "restored"} for row in first]
    references = [
        {key: row[key] for key in keys} | {"role": role, "timesteps": 0}
        for row in first
        if row["method"] == "ann"
        for role in ("target", "input", "ann")
    ]
    shown = [row for row in restored if row["timesteps"]] + references
    return [
        row | {"choice": "median", "webp": _picture(4 * place)} for place, row in enumerate(shown)
    ]


def _picture(shade: int) -> bytes:
    return centre_crop(torch.full((1, 1, 80, 80), shade / 255))


def _methods() -> list[dict]:
    rows: dict[str, tuple[str, dict]] = {"input": ("Input", {}), "ann": ("ANN", {})}
    rows |= {label: entry[:2] for label, entry in METHODS_MADE.items()}
    return [
        {
            "method": label,
            "name": name,
            "title": f"{name} (as published)",
            "family": "reference" if label in ("input", "ann") else "training-free",
            "citation": "none" if label in ("input", "ann") else "doe2020",
            "bibtex": "" if label in ("input", "ann") else BIBTEX,
            "anytime": "true",
            "summary": "Does <b>something</b> & more.",
            "remark": None,
            "documentation": "Does <b>something</b> & more.\n\nDeviations: `theta` is 1.",
            "options": json.dumps(options),
            "settings": json.dumps({"mprn": True, "cpm": True} | options),
            "source": "methods/spikingir.py" if "greedy" in label else f"methods/{label}.py",
            "method_hash": "x",
        }
        for label, (name, options) in rows.items()
    ]


def _run() -> dict:
    benchmark = {"datasets": ["photos"], "backbones": list(BACKBONES), "images": None}
    return {
        "run": "made_up",
        "config": "run: made_up\n",
        "timesteps": json.dumps(GRID),
        "base_seed": "0",
        "benchmarks": json.dumps([benchmark]),
        "datasets": json.dumps(SETS),
        "backbones": json.dumps(NETS),
        "refusals": json.dumps([REFUSAL]),
        "failures": "[]",
        "notes": json.dumps(["LPIPS is not measured: no weights."]),
        "git_commit": "0123abc+dirty",
        "version": "0.1.0",
        "python": "3.11.0",
        "torch_version": "2.13.0",
        "platform": "Linux",
        "created": "2026-01-02T03:04:05+00:00",
    }


def trust_row(backbone: str, **changes: object) -> dict:
    """Return a row of the trust table, 0.02 dB above what is stated."""
    row: dict[str, object] = {"backbone": backbone, "title": backbone.title(), "task": "denoise"}
    row |= {"dataset": "set12"}
    row |= {"protocol": "grey_float", "kind": "published", "source": "a paper", "note": ""}
    row |= {"weights_sha256": "", "dataset_sha256": "", "images": 12, "stated_psnr": 30.0}
    row |= {"stated_ssim": None, "psnr": 30.02, "ssim": 0.9, "psnr_input": 20.0}
    return row | changes
