"""A backbone: an architecture with options, a task, weights, and the numbers known about it."""

import re
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    ValidationError,
    field_validator,
    model_validator,
)
from torch import nn

from spikebench.ann.architecture import construct
from spikebench.ann.recipe import Recipe
from spikebench.ann.state import check_state, read_safetensors
from spikebench.errors import BenchError
from spikebench.io.local import local_path
from spikebench.io.yaml import completed, explain, read_yaml
from spikebench.metrics.protocols import PROTOCOLS
from spikebench.task import Task

ROOT = Path("backbones")
EMBEDDED = re.compile(r"weights/[a-z0-9_]+\.safetensors")


class Weights(BaseModel):
    """Where the weights come from: a public address, a file of yours, or one of this repository.

    The bytes are pinned by size and SHA-256, or, where the publisher put the first digits of the
    SHA-256 into the file's name, by those. `key` says under which key of the file the weights are,
    with dots between keys in keys. `rename` holds regular expressions that are matched, one after
    the other, at the start of every tensor's name: the part that matches is replaced; null drops
    the tensor. A `url` that names a file of this machine becomes the `file`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = Field(None, description="the address of a file (.pth, .ckpt, .safetensors)")
    file: str | None = Field(
        None,
        min_length=1,
        description="a path, relative to backbones/: weights/<name>.safetensors or a file of yours",
    )
    bytes: PositiveInt | None = Field(None, description="the file's size in bytes")
    sha256: str | None = Field(
        None, pattern="^[0-9a-f]{64}$", description="64 lower-case hex digits"
    )
    sha256_prefix: str | None = Field(
        None, pattern="^[0-9a-f]{8,63}$", description="the first hex digits of the SHA-256, 8 to 63"
    )
    format: Literal["state_dict", "legacy_module"] = Field(
        "state_dict", description="state_dict or legacy_module, how the file is built"
    )
    key: str | None = Field(
        None, min_length=1, description="where in the file the weights are, such as params_ema"
    )
    rename: dict[str, str | None] = Field(
        {}, description="a mapping of regular expressions to replacements, null drops the tensor"
    )

    @property
    def embedded(self) -> bool:
        """Whether the file is one of this repository, which is used byte for byte."""
        return self.file is not None and EMBEDDED.fullmatch(self.file) is not None

    @model_validator(mode="before")
    @classmethod
    def _address_of_a_file(cls, given: Any) -> Any:
        url = given.get("url") if isinstance(given, dict) else None
        path = local_path(url) if isinstance(url, str) else None
        if path is None or given.get("file") is not None:
            return given
        return {key: value for key, value in given.items() if key != "url"} | {"file": path}

    @field_validator("rename")
    @classmethod
    def _patterns_are_regular(cls, rename: dict[str, str | None]) -> dict[str, str | None]:
        for pattern in rename:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"holds '{pattern}', no regular expression: {error}") from error
        return rename

    @model_validator(mode="after")
    def _one_source_and_one_pin(self) -> "Weights":
        if (self.url is None) == (self.file is None):
            raise ValueError("needs exactly one of `url` (fetched) and `file` (here)")
        pins = (self.bytes is not None, self.sha256 is not None, self.sha256_prefix is not None)
        if pins not in {(True, True, False), (False, False, True)}:
            raise ValueError("needs `bytes` and `sha256`, or else `sha256_prefix` alone")
        changed = self.sha256_prefix or self.rename or self.key or self.format != "state_dict"
        if self.embedded and changed:
            raise ValueError(
                "takes `sha256_prefix`, `rename`, `key` and `format` with files from elsewhere "
                "only: those in backbones/weights/ are used byte for byte"
            )
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
    multiple: PositiveInt = Field(
        1, description="the number that both sides of the input must be multiples of"
    )
    weights: Weights = Field(description="a mapping with url or file, bytes and sha256")
    citation: str = Field(description="a key of docs/references.bib")
    licence: str = Field(description="the licence of the weights")
    published: list[Score] = Field([], description="a list of scores that others published")
    measured: list[Score] = Field([], description="a list of scores measured here")
    recipe: Recipe | None = Field(None, description="how the embedded weights were trained")

    @field_validator("task")
    @classmethod
    def _protocol_is_one_of_its_channels(cls, task: Task) -> Task:
        fitting = [name for name, rules in PROTOCOLS.items() if rules.channels == task.channels]
        if task.protocol not in fitting:
            raise ValueError(
                f"has `protocol: {task.protocol}`, which is none for `channels: {task.channels}`. "
                f"Take one of: {', '.join(fitting)}."
            )
        return task


def load_backbone_spec(name: str, root: Path = ROOT) -> BackboneSpec:
    """Read and check `root`/<name>.yaml; the name is the file's, not a key in it.

    Raises `BenchError` naming the known backbones, or the file and key that is wrong.
    """
    file = root / f"{name}.yaml"
    if not file.is_file():
        known = ", ".join(sorted(path.stem for path in root.glob("*.yaml"))) or "none"
        raise BenchError(f"There is no backbone '{name}': {file} is missing. Known: {known}.")
    content = read_yaml(file)
    if not isinstance(content, dict):
        raise BenchError(f"{file} should hold a mapping such as `architecture: dncnn`.")
    data = completed(content, {"name": name}, str(file), "the file's name is the backbone's")
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
