"""The names and shapes in the published files, as torch.load lists them, fit after renaming."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from spikebench.ann.backbone import build, load_backbone_spec
from spikebench.ann.state import check_state, renamed, with_counters

FILE = Path("published.pth")
Shapes = Iterator[tuple[str, tuple[int, ...]]]


def conv(name: str, *shape: int, bias: bool = True, size: int = 3) -> Shapes:
    yield f"{name}.weight", (*shape, size, size)
    if bias:
        yield f"{name}.bias", shape[:1]


def normalised(prefix: str, entry: int, width: int, depth: int, target: int) -> Shapes:
    """Return convolutions 0, 2, 5, ... without bias, and a BatchNorm behind the inner ones."""
    yield from conv(f"{prefix}.0", width, entry, bias=False)
    for index in range(2, 3 * (depth - 2) + 1, 3):
        yield from conv(f"{prefix}.{index}", width, width, bias=False)
        for value in ("weight", "bias", "running_mean", "running_var"):
            yield f"{prefix}.{index + 1}.{value}", (width,)
    yield from conv(f"{prefix}.{3 * depth - 4}", target, width, bias=False)


def vdsr() -> Shapes:
    yield from conv("input", 64, 1, bias=False)
    for index in range(18):
        yield from conv(f"residual_layer.{index}.conv", 64, 64, bias=False)
    yield from conv("output", 1, 64, bias=False)


def edsr(scale: int) -> Shapes:
    for mean in ("sub_mean", "add_mean"):
        yield from conv(mean, 3, 3, size=1)
    yield from conv("head.0", 64, 3)
    for index in range(16):
        yield from conv(f"body.{index}.body.0", 64, 64)
        yield from conv(f"body.{index}.body.2", 64, 64)
    yield from conv("body.16", 64, 64)
    yield from conv("tail.0.0", 256, 64)
    if scale == 4:
        yield from conv("tail.0.2", 256, 64)
    yield from conv("tail.1", 3, 64)


def carn_m() -> Shapes:
    for mean in ("sub_mean", "add_mean"):
        yield from conv(f"{mean}.shifter", 3, 3, size=1)
    yield from conv("entry", 64, 3)
    for stage in ("b1.", "b2.", "b3.", ""):
        if stage:
            yield from conv(f"{stage}b1.body.0", 64, 16)
            yield from conv(f"{stage}b1.body.2", 64, 16)
            yield from conv(f"{stage}b1.body.4", 64, 64, size=1)
        for index in (1, 2, 3):
            yield from conv(f"{stage}c{index}.body.0", 64, 64 * (index + 1), size=1)
    for name, width in {"2.body.0": 256, "3.body.0": 576, "4.body.0": 256, "4.body.3": 256}.items():
        yield from conv(f"upsample.up{name}", width, 16)
    yield from conv("exit", 3, 64)


def prn() -> Shapes:
    yield from conv("conv0.0", 32, 6)
    for index in range(1, 6):
        yield from conv(f"res_conv{index}.0", 32, 32)
        yield from conv(f"res_conv{index}.2", 32, 32)
    yield from conv("conv.0", 3, 32)


FFDNET = "module.intermediate_dncnn.itermediate_dncnn"
PUBLISHED = {
    "dncnn_saoyan": lambda: normalised("module.dncnn", 1, 64, 17, 1),
    "ffdnet_s": lambda: normalised(FFDNET, 5, 64, 15, 4),
    "ffdnet_rgb": lambda: normalised(FFDNET, 15, 96, 12, 12),
    "vdsr": vdsr,
    "carn_m": carn_m,
    "edsr_baseline_x2": lambda: edsr(2),
    "edsr_baseline_x4": lambda: edsr(4),
    "prn": prn,
}
INSTANCES = [
    (file.stem, family)
    for file in sorted(Path("backbones").glob("*.yaml"))
    for family in PUBLISHED
    if file.stem.startswith(family)
]


@pytest.mark.parametrize(("name", "family"), INSTANCES)
def test_the_published_tensors_fit_by_their_new_names(name, family):
    spec = load_backbone_spec(name)
    published = {key: torch.zeros(shape) for key, shape in PUBLISHED[family]()}
    network = build(spec)
    state = with_counters(renamed(published, spec.weights.rename, FILE), network)
    check_state(state, network, FILE)
