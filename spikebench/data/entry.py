"""One file of a data set, where files come from, and which belong together."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    model_validator,
)

Role = Literal["target", "degraded"]
SHOWN = 5  # words of a list in a message
SHA256 = "^[0-9a-f]{64}$"


class FileEntry(BaseModel):
    """One row of a files.csv, or of the index of a fetched set.

    `role` is "target" (the clean image) or "degraded" (the published input, of factor `scale` in
    super-resolution). `name` is the image's name in tables; target and inputs of one image share
    it. The file is at a public address, inside an archive or a provided folder (`member`), or it is
    the square crop of `side` pixels at (`top`, `left`) of a photograph in the scikit-image wheel.

    A file of an address is pinned by size and SHA-256, or by neither: then what it was at its first
    use is recorded.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9_.-]+$", description="letters, digits, _ . -")
    role: Role = Field(description="target or degraded")
    scale: PositiveInt | None = Field(default=None, description="the factor of super-resolution")
    url: str | None = Field(default=None, pattern=r"^https://", description="an https address")
    member: str | None = Field(
        default=None, description="a path inside an archive or provided folder"
    )
    photograph: str | None = Field(default=None, description="a file in skimage/data")
    top: NonNegativeInt = Field(default=0, description="first row of the crop")
    left: NonNegativeInt = Field(default=0, description="first column of the crop")
    side: PositiveInt | None = Field(default=None, description="side of the crop")
    bytes: PositiveInt | None = Field(default=None, description="the file's size")
    sha256: str | None = Field(
        default=None,
        pattern=SHA256,
        description="SHA-256 of the file, or of an embedded crop's pixels; 64 hex digits",
    )
    pixels: str | None = Field(
        default=None, pattern=SHA256, description="SHA-256 of a clean image's decoded pixels"
    )

    @property
    def path(self) -> str:
        """The file's `member`. Raises `ValueError` where it comes from somewhere else."""
        if self.member is None:
            raise ValueError(f"{self.name} lies in no archive or folder")
        return self.member

    @property
    def place(self) -> str:
        """Where the file lies in its archive or folder, else what it is called once fetched."""
        return self.member or self.file_name

    @property
    def file_name(self) -> str:
        """The file's name below resources/datasets/<set>/, unique within the set."""
        suffix = Path(self.url or self.member or "crop.png").suffix.lower()
        scale = f"_x{self.scale}" if self.scale else ""
        return f"{self.role}{scale}/{self.name}{suffix}"

    @property
    def pixel_sha256(self) -> str | None:
        """The hash of the decoded pixels, where it is known without reading the file."""
        return self.sha256 if self.photograph else self.pixels

    @model_validator(mode="after")
    def _one_source(self) -> "FileEntry":
        if sum(source is not None for source in (self.url, self.member, self.photograph)) != 1:
            raise ValueError("needs exactly one of `url`, `member` and `photograph`")
        if (self.photograph is None) != (self.side is None):
            raise ValueError("`side` belongs to a `photograph`, and only there")
        if self.photograph and self.sha256 is None:
            raise ValueError("needs the `sha256` of the crop's pixels")
        if self.photograph is None and (self.bytes is None) != (self.sha256 is None):
            raise ValueError("needs both `bytes` and `sha256`, or neither")
        return self


class Archive(BaseModel):
    """A zip or tar file at a public address that holds the set; pinned like any other file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://", description="an http(s) address")
    bytes: PositiveInt | None = Field(default=None, description="the file's size")
    sha256: str | None = Field(default=None, pattern=SHA256, description="64 hex digits")

    @model_validator(mode="after")
    def _pinned_or_not(self) -> "Archive":
        if (self.bytes is None) != (self.sha256 is None):
            raise ValueError("needs both `bytes` and `sha256`, or neither")
        return self


def unpaired(files: Sequence[FileEntry]) -> Iterator[str]:
    """Say which inputs have no clean image, and which clean images lack the input others have.

    A clean image without `scale` is that of inputs of every factor.
    """
    for scale in dict.fromkeys(entry.scale for entry in files if entry.role == "degraded"):
        clean = {e.name: e for e in files if e.role == "target" and e.scale in (scale, None)}
        inputs = {e.name: e for e in files if e.role == "degraded" and e.scale == scale}
        for names, others, lack in (
            (inputs, clean, "degraded files have no clean image"),
            (clean, inputs, "clean images have no degraded file"),
        ):
            alone = [names[name].place for name in names if name not in others]
            if alone:
                yield f"{len(alone)} {lack}: {few(alone)}"


def few(words: list[str]) -> str:
    """Return the first words of a list for a message, and dots where there are more."""
    return ", ".join(words[:SHOWN]) + (", ..." if len(words) > SHOWN else "")
