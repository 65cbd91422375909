"""The data sets in datasets/: what each is, and the files it consists of."""

import csv
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError, model_validator

from spikebench.data.entry import Archive, FileEntry, Layout
from spikebench.errors import BenchError
from spikebench.io.yaml import explain, read_yaml
from spikebench.task import TaskKind

ROOT = Path("datasets")
INDEX = "index.csv"
SEPARATORS = ",;\t"
# What reading a file of another shape or encoding raises
MALFORMED = (ValueError, TypeError, AttributeError, RecursionError)


class DatasetSpec(BaseModel):
    """The content of datasets/<name>/dataset.yaml with the rows of its files.csv.

    A set without files.csv has a `layout`, by which its files are found in its `archive`, or in the
    folder or archive that the configuration names under `provided`. Once such a set is fetched, its
    `files` come from the index of the fetched folder. `images` is the size of the whole set, of
    which a folder may hold a part.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern="^[a-z0-9_]+$", description="lower-case letters, digits and _")
    title: str = Field(description="a name for tables")
    role: Literal["test", "train"] = Field(description="test, or train (may calibrate)")
    tasks: list[TaskKind] = Field(min_length=1, description="a list of tasks it serves")
    images: PositiveInt = Field(description="the number of clean images")
    sides: tuple[PositiveInt, PositiveInt] = Field(
        description="the shortest and the longest side of its clean images in pixels"
    )
    licence: str = Field(description="a licence, or the statement that none was found")
    grey_as_rgb: bool = Field(
        False, description="true if a grey image stands for a colour one with equal channels"
    )
    citation: str = Field(description="a key of docs/references.bib")
    notes: str = Field("", description="what a reader must know about it")
    archive: Archive | None = Field(None, description="a mapping with url, bytes and sha256")
    layout: list[Layout] = Field([], description="a list of mappings with role and pattern")
    files: list[FileEntry] = Field(description="the rows of files.csv")

    @property
    def targets(self) -> list[FileEntry]:
        """The clean images, in the order of files.csv; those of factor-less sets come first."""
        first: dict[str, FileEntry] = {}
        for entry in self.files:
            if entry.role == "target":
                first.setdefault(entry.name, entry)
        return list(first.values())

    @property
    def pinned(self) -> bool:
        """Whether the content of every file is fixed by a hash."""
        return bool(self.files) and all(entry.sha256 for entry in self.files)

    @model_validator(mode="after")
    def _archive_has_a_layout(self) -> "DatasetSpec":
        if self.archive and not self.layout:
            raise ValueError("`archive` needs a `layout` that says where its files lie")
        return self


def load_dataset(name: str, root: Path = ROOT, fetched: Path | None = None) -> DatasetSpec:
    """Read and check `root`/<name>/{dataset.yaml,files.csv}.

    With `fetched`, the folder that `fetch_dataset` filled, the files are those of its index: what
    lies there, perhaps a part of the set, every hash known. Raises `BenchError` naming the known
    sets, or the file and key that is wrong.
    """
    folder = root / name
    if not (folder / "dataset.yaml").is_file():
        known = ", ".join(sorted(file.parent.name for file in root.glob("*/dataset.yaml")))
        raise BenchError(f"There is no data set '{name}' in {root}. Known: {known or 'none'}.")
    listing = fetched / INDEX if fetched else folder / "files.csv"
    if fetched and not listing.is_file():
        raise BenchError(
            f"{fetched} has no {INDEX}: the set was not fetched, or by another version. Delete the "
            "folder and run again."
        )
    try:
        content = read_yaml(folder / "dataset.yaml")
        without = content.get("layout") and not listing.is_file() and not fetched
        data = {**content, "name": name, "files": [] if without else _rows(listing)}
    except (OSError, csv.Error, *MALFORMED) as error:
        raise BenchError(f"{folder}: cannot be read: {error}.") from error
    try:
        spec = DatasetSpec.model_validate(data)
    except ValidationError as error:
        raise BenchError(explain(error, DatasetSpec, data, str(folder))) from error
    if not (fetched or without) and len(spec.targets) != spec.images:
        raise BenchError(
            f"{folder}: `images` says {spec.images}, files.csv names {len(spec.targets)}; "
            "mend either."
        )
    return spec


def _rows(file: Path) -> list[dict[str, str]]:
    """Return the rows of a list of files; an empty field is a key left out, an empty row nothing.

    Columns are separated by commas or, as spreadsheets write them, by semicolons or tabs. A
    byte-order mark, the kind of line ends, and spaces around a field do not matter.
    """
    with file.open(encoding="utf-8-sig", newline="") as stream:
        header, *lines = stream.read().splitlines() or [""]
    separator = max(SEPARATORS, key=header.count)
    rows = csv.DictReader([header, *lines], delimiter=separator, skipinitialspace=True)
    return [found for row in rows if (found := _filled(row, rows.line_num, file.name))]


def _filled(row: dict[str | None, Any], line: int, name: str) -> dict[str, str]:
    """Return the fields of a row that hold something; fields beyond the header are under None."""
    if any(map(str.strip, row.pop(None, []))):
        raise ValueError(f"line {line} of {name} has more columns than its first line")
    return {
        str(key).strip(): value.strip() for key, value in row.items() if value and value.strip()
    }
