"""A finished run as far as it is needed to compute its cells again and to compare them."""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from spikebench.errors import BenchError
from spikebench.release.reproduce.draw import TableCell
from spikebench.results.columns.description import RUN
from spikebench.results.columns.field import Table
from spikebench.results.columns.images import IMAGES
from spikebench.results.columns.layers import LAYERS
from spikebench.results.evaluators import are_equal, pairs, read_equals
from spikebench.results.identity import table_id

UNMEASURED = "LPIPS is not measured"  # how the note of a run begins that had no trunk


@dataclass(frozen=True)
class Published:
    """The rows of images.parquet and layers.parquet, and the row of run.parquet."""

    folder: Path
    images: pa.Table
    layers: pa.Table
    run: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read results/<run>, or the results/ of a release.

        Raises `BenchError` where a table is missing, cannot be read or lacks a column, and where
        rows are of several evaluators that were not shown to be equal.
        """
        tables = {table.name: _read(folder, table) for table in (IMAGES, LAYERS, RUN)}
        (run,) = tables["run"].to_pylist()
        found = cls(folder, tables["images"], tables["layers"], run)
        if not are_equal(hashes := found.evaluators, pairs(read_equals(folder))):
            raise BenchError(
                f"{folder}/images.parquet has rows of {len(hashes)} evaluators, and cells can be "
                "computed again by one. Name a table of one evaluator."
            )
        return found

    @property
    def name(self) -> str:
        """The run's name."""
        return self.run["run"]

    @property
    def id(self) -> str:
        """The table id, 12 hex digits."""
        return table_id(self.images)

    @property
    def has_lpips(self) -> bool:
        """Whether the network was there that LPIPS looks through, which is one of the settings."""
        notes = json.loads(self.run["notes"])
        return not any(note.startswith(UNMEASURED) for note in notes)

    @property
    def evaluators(self) -> list[str]:
        """The hashes of the evaluators that measured the rows, 64 hex digits each."""
        return self.said("evaluator_hash")

    def measured_by(self, cell: TableCell, evaluator: str) -> bool:
        """Tell whether an evaluator measured a cell."""
        return evaluator in pc.unique(self.rows(cell)[0]["evaluator_hash"]).to_pylist()

    def devices(self, cell: TableCell) -> list[str]:
        """Return what computed a cell, as the column `device` names it."""
        return pc.unique(self.rows(cell)[0]["device"]).to_pylist()

    def said(self, column: str) -> list[str]:
        """Return the different values of a column of the images, sorted."""
        return sorted(pc.unique(self.images[column]).to_pylist())

    def seconds(self) -> dict[TableCell, float]:
        """Return every cell with what its images took, each up to its largest T, in seconds."""
        names = (*TableCell._fields, "image", "seconds")
        longest: dict[TableCell, dict[str, float]] = defaultdict(dict)
        for row in self.images.select(names).to_pylist():
            taken, image = row.pop("seconds"), row.pop("image")
            images = longest[TableCell(**row)]
            images[image] = max(taken, images.get(image, 0.0))
        return {cell: sum(images.values()) for cell, images in longest.items()}

    def rows(self, cell: TableCell) -> tuple[pa.Table, pa.Table]:
        """Return the rows of a cell among the images and among the layers."""
        images, layers = (of_cell(table, cell) for table in (self.images, self.layers))
        return images, layers


def of_cell(table: pa.Table, cell: TableCell) -> pa.Table:
    """Return the rows of a cell."""
    wanted = [pc.field(name) == value for name, value in cell._asdict().items()]
    return table.filter(wanted[0] & wanted[1] & wanted[2] & wanted[3])


def _read(folder: Path, table: Table) -> pa.Table:
    file = folder / f"{table.name}.parquet"
    if not file.is_file():
        raise BenchError(
            f"There is no {file}. Name the results of a finished run, or of a release."
        )
    try:
        found = pq.read_table(file)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BenchError(f"{file} is damaged: {str(error).splitlines()[0]}.") from error
    known = set(found.column_names)
    lacking = [f.name for f in table.fields if f.name not in known and not f.later]
    if lacking:
        raise BenchError(
            f"{file} has no column {', '.join(lacking)}: an older version of spikebench wrote it. "
            "Check out the commit that its rows name, and compute it again there."
        )
    return found
