"""A finished run as merging sees it."""

import json
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Self

import pandas as pd
import yaml

from spikebench.errors import BenchError
from spikebench.results.columns.description import ENERGY_MODELS, METHODS, RUN
from spikebench.results.columns.evaluators import EVALUATORS
from spikebench.results.columns.field import Table
from spikebench.results.columns.images import IMAGES
from spikebench.results.columns.layers import LAYERS
from spikebench.results.columns.pictures import SHOWN_PICTURES
from spikebench.results.columns.training import TRAINING
from spikebench.results.frames import records
from spikebench.results.shards import read_shard
from spikebench.run import paths
from spikebench.run.cell import Cell

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        *(IMAGES, LAYERS, SHOWN_PICTURES, METHODS, ENERGY_MODELS, TRAINING, EVALUATORS, RUN),
    )
}
OPTIONAL = (TRAINING, EVALUATORS)  # of before they were kept; of a run of one evaluator


@dataclass(frozen=True)
class Finished:
    """The tables of results/<run>, its row of run.parquet, and its configuration."""

    folder: Path
    images: pd.DataFrame
    layers: pd.DataFrame
    pictures: pd.DataFrame
    methods: pd.DataFrame
    energy_models: pd.DataFrame
    training: pd.DataFrame
    evaluators: pd.DataFrame
    run: dict[str, str]
    config: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a run; raise `BenchError`, a line for each table that is missing or not as here."""
        tables, wrong = {}, []
        for name, table in TABLES.items():
            file = folder / f"{name}.parquet"
            try:
                if table in OPTIONAL and not file.is_file():
                    tables[name] = table.schema.empty_table().to_pandas()
                    continue
                if not file.is_file():
                    raise BenchError(f"{file} is missing. Finish the run: snakemake all.")
                tables[name] = read_shard(file, table).to_pandas()
            except BenchError as error:
                wrong.append(str(error))
        if wrong:
            raise BenchError("\n".join(wrong))
        (run,) = records(tables.pop("run"))
        return cls(folder, **tables, run=run, config=yaml.safe_load(run["config"]))

    def said(self, column: str) -> Any:
        """Return what a column of run.parquet holds as JSON."""
        return json.loads(self.run[column])

    def images_of_boards(self) -> dict[tuple[str, str], Any]:
        """Return which images of each data set each backbone was run on: all (None), or which."""
        return {
            pair: entry["images"]
            for entry in self.config["benchmarks"]
            for pair in product(entry["datasets"], entry["backbones"])
        }

    def again(self, cells: pd.DataFrame) -> str:
        """Return the command that measures cells again: dataset, backbone, method, seed."""
        name = self.run["run"]
        shards = " ".join(
            str(paths.shard(name, Cell.of_row(*cell), "images"))
            for cell in cells.itertuples(index=False, name=None)
        )
        return f"snakemake --cores all all --configfile {name}.yaml --forcerun {shards}"
