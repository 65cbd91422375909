"""The data sets in datasets/: what each is, and the files it consists of."""

import csv
from pathlib import Path
from typing import Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    ValidationError,
    model_validator,
)

from spikebench.errors import BenchError
from spikebench.task import TaskKind
from spikebench.validation import explain

ROOT = Path("datasets")


class FileEntry(BaseModel):
    """One row of a files.csv: an image of the set, at a public address or inside scikit-image.

    `role` is "target" (the clean image) or "degraded" (the published input of factor `scale`).
    `name` is the image's name in tables; target and inputs of one image share it. An embedded
    image is the square crop of `side` pixels at (`top`, `left`) of a photograph in the wheel.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9_.-]+$", description="letters, digits, _ . -")
    role: Literal["target", "degraded"] = Field(description="target or degraded")
    scale: PositiveInt | None = Field(None, description="the factor of super-resolution")
    url: str | None = Field(None, pattern=r"^https://", description="an https address")
    bytes: PositiveInt | None = Field(None, description="the file's size")
    photograph: str | None = Field(None, description="a file in skimage/data")
    top: NonNegativeInt = Field(0, description="first row of the crop")
    left: NonNegativeInt = Field(0, description="first column of the crop")
    side: PositiveInt | None = Field(None, description="side of the crop")
    sha256: str = Field(
        pattern="^[0-9a-f]{64}$",
        description="SHA-256 of the file, or of an embedded crop's pixels",
    )

    @property
    def file_name(self) -> str:
        """The file's name below resources/datasets/<set>/, unique within the set."""
        suffix = Path(self.url).suffix if self.url else ".png"
        scale = f"_x{self.scale}" if self.scale else ""
        return f"{self.role}{scale}/{self.name}{suffix}"

    @model_validator(mode="after")
    def _one_source(self) -> "FileEntry":
        if (self.url is None) == (self.photograph is None):
            raise ValueError("needs exactly one of `url` and `photograph`")
        if (self.url is None) != (self.bytes is None):
            raise ValueError("`bytes` belongs to a `url`, and only there")
        if (self.photograph is None) != (self.side is None):
            raise ValueError("`side` belongs to a `photograph`, and only there")
        return self


class DatasetSpec(BaseModel):
    """The content of datasets/<name>/dataset.yaml with the rows of its files.csv."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern="^[a-z0-9_]+$", description="lower-case letters, digits and _")
    title: str = Field(description="a name for tables")
    role: Literal["test", "train"] = Field(description="test, or train (may calibrate)")
    tasks: list[TaskKind] = Field(min_length=1, description="a list of tasks it serves")
    images: PositiveInt = Field(description="the number of clean images")
    licence: str = Field(description="a licence, or the statement that none was found")
    citation: str = Field(description="a key of docs/references.bib")
    notes: str = Field("", description="what a reader must know about it")
    files: list[FileEntry] = Field(description="the rows of files.csv")

    @property
    def targets(self) -> list[FileEntry]:
        """The clean images, in the order of files.csv; those of factor-less sets come first."""
        first: dict[str, FileEntry] = {}
        for entry in self.files:
            if entry.role == "target":
                first.setdefault(entry.name, entry)
        return list(first.values())

    @model_validator(mode="after")
    def _count(self) -> "DatasetSpec":
        if len(self.targets) != self.images:
            raise ValueError(
                f"`images` says {self.images}, files.csv names {len(self.targets)}; mend either"
            )
        return self


def load_dataset(name: str, root: Path = ROOT) -> DatasetSpec:
    """Read and check `root`/<name>/{dataset.yaml,files.csv}.

    Raises `BenchError` naming the known sets, or the file and key that is wrong.
    """
    folder = root / name
    if not (folder / "dataset.yaml").is_file():
        known = ", ".join(sorted(file.parent.name for file in root.glob("*/dataset.yaml")))
        raise BenchError(f"There is no data set '{name}' in {root}. Known: {known or 'none'}.")
    try:
        content = yaml.safe_load((folder / "dataset.yaml").read_text(encoding="utf-8"))
        data = {**content, "name": name, "files": _rows(folder / "files.csv")}
    except (OSError, yaml.YAMLError, UnicodeDecodeError, TypeError) as error:
        raise BenchError(f"{folder}: cannot be read: {error}.") from error
    try:
        return DatasetSpec.model_validate(data)
    except ValidationError as error:
        raise BenchError(explain(error, DatasetSpec, data, str(folder))) from error


def _rows(file: Path) -> list[dict[str, str]]:
    """Return the rows of a files.csv; an empty cell is a key left out."""
    with file.open(encoding="utf-8", newline="") as stream:
        return [
            {key: value for key, value in row.items() if value} for row in csv.DictReader(stream)
        ]
