"""Read the tables of a run."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pandas as pd
import pyarrow.parquet as pq
import yaml

from spikebench.errors import BenchError
from spikebench.report.one_evaluator import check_one_evaluator
from spikebench.results.columns.comparisons import COMPARISONS
from spikebench.results.columns.description import METHODS
from spikebench.results.columns.leaderboard import LEADERBOARD
from spikebench.results.columns.training import TRAINING
from spikebench.results.evaluators import pairs, read_equals
from spikebench.results.identity import table_id
from spikebench.results.later import read_frame
from spikebench.run.cell import whole_set

TABLES = (
    "images",
    "layers",
    "pictures",
    "methods",
    "leaderboard",
    "prices",
    "comparisons",
    "curves",
    "standings",
    "energy_models",
)
# Columns of run.parquet that hold JSON
JSON = ("timesteps", "benchmarks", "datasets", "backbones", "refusals", "failures", "notes")


@dataclass(frozen=True)
class Results:
    """The tables of a run as frames, its description, and its table id."""

    images: pd.DataFrame
    layers: pd.DataFrame
    pictures: pd.DataFrame
    methods: pd.DataFrame
    leaderboard: pd.DataFrame
    prices: pd.DataFrame
    comparisons: pd.DataFrame
    curves: pd.DataFrame
    standings: pd.DataFrame
    energy_models: pd.DataFrame
    run: dict[str, Any]
    table_id: str
    trust: pd.DataFrame | None = None  # of all backbones, where the run verifies them
    training: pd.DataFrame = field(default_factory=lambda: _training(None))

    @classmethod
    def read(cls, folder: Path, trust: Path | None = None) -> Self:
        """Read results/<run>.

        Raises `BenchError` where a table is missing, or its rows are of different evaluators.
        """
        missing = [n for n in (*TABLES, "run") if not (folder / f"{n}.parquet").is_file()]
        if missing == ["prices"]:
            raise _ranked_before(folder, "prices.parquet")
        if missing:
            raise BenchError(
                f"{folder} lacks {', '.join(f'{name}.parquet' for name in missing)}. "
                "Finish the run first: snakemake --cores all all."
            )
        tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in TABLES}
        tables["methods"] = read_frame(folder / "methods.parquet", METHODS)
        for table in (LEADERBOARD, COMPARISONS):
            lacking = [name for name in table.names if name not in tables[table.name]]
            if lacking:
                raise _ranked_before(folder, f"column {', '.join(lacking)} of {table.name}.parquet")
        run = pq.read_table(folder / "run.parquet").to_pylist()[0]
        run |= {name: json.loads(run[name]) for name in JSON}
        run["git_commit"] = _measured_at(tables["images"]) or run["git_commit"]
        check_one_evaluator(tables["images"], run["run"], pairs(read_equals(folder)))
        return cls(
            **tables,
            run=run,
            table_id=table_id(pq.read_table(folder / "images.parquet")),
            trust=pd.read_parquet(trust) if trust else None,
            training=_training(folder / "training.parquet"),
        )

    def trained(self, method: str, backbone: str) -> pd.DataFrame:
        """Return the curve of the state that a row has on a backbone; no line for an untrained one.

        `method` is the row's label. Steps rise.
        """
        options = self.methods.loc[self.methods["method"] == method, "options"]
        recipe = json.loads(options.iloc[0]).get("tuned", "") if len(options) else ""
        found = self.training
        return found[(found["recipe"] == recipe) & (found["backbone"] == backbone)]

    @property
    def models(self) -> list[str]:
        """Names of the energy models, in the order of the configuration; the first one ranks."""
        return self.energy_models["name"].tolist()

    @property
    def titles(self) -> dict[str, str]:
        """Titles of the energy models by name, in the same order."""
        return dict(self.energy_models[["name", "title"]].itertuples(index=False))

    @property
    def grid(self) -> list[int]:
        """All T that any row has, ascending: those of the run, and those that rows have alone."""
        own = {int(time) for time in self.leaderboard["timesteps"]} - {0}
        return sorted(own | set(self.run["timesteps"]))

    @property
    def scenes(self) -> pd.DataFrame:
        """`dataset` and `image` of all images, each once: a part of a set is of the whole set."""
        images = self.images[["dataset", "image"]].drop_duplicates()
        return images.assign(dataset=images["dataset"].map(whole_set)).drop_duplicates()

    @property
    def configuration(self) -> str:
        """The run's configuration as YAML; the energy models may have been changed since."""
        entries = {"energy_models": self.energy_models["entry"].tolist()}
        return self.run["config"] + yaml.safe_dump(entries)


def _training(file: Path | None) -> pd.DataFrame:
    """Return the learning curves; no row for a run of before they were kept."""
    if file is None or not file.is_file():
        return TRAINING.schema.empty_table().to_pandas()
    return pd.read_parquet(file)


def _measured_at(images: pd.DataFrame) -> str:
    """Return the commits at which the rows were measured, which repeat them; "" without a row.

    run.parquet has the one at which they were collected, which changes no number of theirs.
    """
    return " and ".join(sorted(images["git_commit"].unique()))


def _ranked_before(folder: Path, lacking: str) -> BenchError:
    return BenchError(
        f"{folder} was ranked by an older version of spikebench, which wrote no {lacking}. "
        f"Rank it again, nothing is measured: spikebench render {folder}"
    )
