"""A backbone: an architecture with options, a task, weights, and the numbers known about it."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError, model_validator
from torch import nn

from spikebench.ann.architecture import construct
from spikebench.ann.recipe import Recipe
from spikebench.ann.state import check_state, read_safetensors
from spikebench.errors import BenchError
from spikebench.task import Task
from spikebench.validation import explain

ROOT = Path("backbones")


class Weights(BaseModel):
    """Where the weights come from: a public address, or a file of this repository."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = Field(None, description="the address of a PyTorch state dict (.pth)")
    file: str | None = Field(
        None,
        pattern=r"^weights/[a-z0-9_]+\.safetensors$",
        description="a file in backbones/, weights/<name>.safetensors",
    )
    bytes: PositiveInt = Field(description="the file's size in bytes")
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="64 lower-case hex digits")

    @model_validator(mode="after")
    def _one_source(self) -> "Weights":
        if (self.url is None) == (self.file is None):
            raise ValueError("needs exactly one of `url` (fetched) and `file` (embedded)")
        return self


class Score(BaseModel):
    """A number somebody measured: mean PSNR in dB (and SSIM) over a data set, and who says so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str = Field(description="a name in datasets/")
    protocol: str = Field(description="a metric protocol")
    psnr: float = Field(description="a mean PSNR in dB")
    ssim: float | None = Field(None, description="a mean SSIM")
    source: str = Field(description="who measured it and how, in words")


class BackboneSpec(BaseModel):
    """The content of backbones/<name>.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern="^[a-z0-9_]+$", description="lower-case letters, digits and _")
    title: str = Field(description="a name for tables and figures")
    architecture: str = Field(
        pattern="^[a-z0-9_]+$", description="the name of a file in backbones/, without .py"
    )
    options: dict[str, Any] = Field({}, description="the arguments of the architecture's class")
    task: Task
    weights: Weights = Field(description="a mapping with url or file, bytes and sha256")
    citation: str = Field(description="a key of docs/references.bib")
    licence: str = Field(description="the licence of the weights")
    published: list[Score] = Field([], description="a list of scores that others published")
    measured: list[Score] = Field([], description="a list of scores measured here")
    recipe: Recipe | None = Field(None, description="how the embedded weights were trained")


def load_backbone_spec(name: str, root: Path = ROOT) -> BackboneSpec:
    """Read and check `root`/<name>.yaml; the name is the file's, not a key in it.

    Raises `BenchError` naming the known backbones, or the file and key that is wrong.
    """
    file = root / f"{name}.yaml"
    if not file.is_file():
        known = ", ".join(sorted(path.stem for path in root.glob("*.yaml"))) or "none"
        raise BenchError(f"There is no backbone '{name}': {file} is missing. Known: {known}.")
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BenchError(f"{file} is not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise BenchError(f"{file} should hold a mapping such as `architecture: dncnn`.")
    data = {**content, "name": name}
    try:
        return BackboneSpec.model_validate(data)
    except ValidationError as error:
        raise BenchError(explain(error, BackboneSpec, data, str(file))) from error


def build(spec: BackboneSpec, root: Path = ROOT) -> nn.Module:
    """Return the backbone's network with random weights, in training mode.

    Raises `BenchError` where the architecture's file or the options are wrong.
    """
    return construct(root / f"{spec.architecture}.py", spec.options)


def load_backbone(spec: BackboneSpec, weights: Path, root: Path = ROOT) -> nn.Module:
    """Return the trained network in eval mode, float32, without gradients.

    It maps the degraded image (N, C, h, w) to the restored one (N, C, H, W), range [0, 1], not
    clipped. `weights` is a safetensors file as `fetch_weights` or `pretrain` writes it. Raises
    `BenchError` naming the file and the tensor where the weights are damaged or do not fit.
    """
    network = build(spec, root)
    state = read_safetensors(weights)
    check_state(state, network, weights)
    network.load_state_dict(state)
    return network.eval().requires_grad_(False)
