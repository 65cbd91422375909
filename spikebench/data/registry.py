"""The data sets in datasets/: what each is, and the files it consists of."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    ValidationError,
    model_validator,
)

from spikebench.data.entry import Archive, FileEntry, unpaired
from spikebench.data.layout import Layout
from spikebench.errors import BenchError
from spikebench.io.yaml import completed, explain, read_yaml
from spikebench.task import NAMED_BY_KIND, TaskName

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
    tasks: list[TaskName] = Field(min_length=1, description="a list of tasks it serves")
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
    folder: str | None = Field(
        None, min_length=1, description="a folder of yours that holds the files of files.csv"
    )
    layout: list[Layout] = Field(
        [], description="a list of mappings with role, and path or pattern"
    )
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
        if self.folder and (self.archive or any(entry.member is None for entry in self.files)):
            raise ValueError("`folder` needs a files.csv with a `member` for each file in it")
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
        if not (without or listing.is_file()):
            raise BenchError(
                f"{folder} has no files.csv, and its dataset.yaml no `layout`: nothing says which "
                "images the set has. Write a `layout` (docs/datasets.md), such as `layout: [{role: "
                "target, pattern: '(?P<name>[^/]+)\\.png$'}]`."
            )
        files = [] if without else _rows(listing, ours=fetched is not None)
        where = "its folder is the name, and files.csv lists the files"
        data = completed(content, {"name": name, "files": files}, str(folder), where)
    except (OSError, csv.Error, *MALFORMED) as error:
        raise BenchError(f"{folder}: cannot be read: {error}.") from error
    try:
        spec = DatasetSpec.model_validate(data)
    except ValidationError as error:
        raise BenchError(explain(error, DatasetSpec, data, str(folder))) from error
    if problems := list(_misfits(spec, listed=not (fetched or without))):
        raise BenchError("\n".join(f"{folder}: {problem}" for problem in problems))
    return spec


def _misfits(spec: DatasetSpec, *, listed: bool) -> Iterator[str]:
    """Say what parts of a description do not fit each other; `listed` by a files.csv."""
    if listed:
        yield from (f"files.csv: {problem}." for problem in unpaired(spec.files))
        if len(spec.targets) != spec.images:
            yield f"`images` says {spec.images}, files.csv names {len(spec.targets)}; mend either."
    paired = [task for task in spec.tasks if task not in NAMED_BY_KIND]
    if paired and all(item.role == "target" for item in spec.files or spec.layout):
        yield (
            f"`tasks` names {paired[0]}, which takes its inputs from the set, but no file has the "
            "role `degraded`. Add the inputs, or mend the name of the task."
        )


def _rows(file: Path, *, ours: bool) -> list[dict[str, str]]:
    """Return the rows of a list of files; an empty field is a key left out, an empty row nothing.

    `ours` was written by `write_index` and is read exactly. In a list that people write, columns
    are separated by commas or, as spreadsheets do it, by semicolons or tabs, and spaces around a
    field do not matter, nor do a byte-order mark and the kind of line ends.
    """
    text = file.read_bytes().decode("utf-8-sig")
    header = text.split("\n", 1)[0]
    separator = "," if ours else max(SEPARATORS, key=header.count)
    stream = io.StringIO(text, newline="")
    rows = csv.DictReader(stream, delimiter=separator, skipinitialspace=not ours)
    found = [_filled(row, rows.line_num, file.name, ours=ours) for row in rows]
    return [row for row in found if row]


def _filled(row: dict[str | None, Any], line: int, name: str, *, ours: bool) -> dict[str, str]:
    """Return the fields of a row that hold something; fields beyond the header are under None."""
    if any(map(str.strip, row.pop(None, []))):
        raise ValueError(f"line {line} of {name} has more columns than its first line")
    fields = {str(key): value or "" for key, value in row.items()}
    if not ours:
        fields = {key.strip(): value.strip() for key, value in fields.items()}
    return {key: value for key, value in fields.items() if value}
