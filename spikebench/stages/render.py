"""From the counts of a run to its pages, without Snakemake: price, rank, compare, show."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from spikebench.analysis.compare import write_tables as write_comparisons
from spikebench.analysis.leaderboard import leaderboard
from spikebench.energy import find_models, price
from spikebench.energy.about import ENERGY_MODELS, about
from spikebench.energy.price import ENERGY
from spikebench.errors import BenchError
from spikebench.report import build
from spikebench.report.boards.board import boards
from spikebench.report.charts.figures import write_figures
from spikebench.report.results import Results
from spikebench.report.tables import write_tables
from spikebench.results.tables import (
    IMAGES,
    LAYERS,
    METHODS,
    RUN,
    SHOWN_PICTURES,
    write_table,
)

NEEDED: dict[str, pa.Schema] = {
    "images": IMAGES,
    "layers": LAYERS,
    "pictures": SHOWN_PICTURES,
    "methods": METHODS,
    "energy_models": ENERGY_MODELS,
    "run": RUN,
}


def render(folder: Path, reports: Path, trust: Path | None = None) -> Path:
    """Make everything that follows from the counts in `folder`, results/<run>; return the page.

    Prices, ranks and comparisons go to `folder`, the site to `reports`. The energy models are those
    of energy_models.parquet. Raises `BenchError` where a table is missing, or has the columns of
    another version.
    """
    _check_tables(folder)
    rank(folder)
    page = reports / "index.html"
    build(folder, page=page, trust=trust)
    results = Results.read(folder, trust)
    shown = boards(results)
    write_tables(results, shown, reports / "tables")
    write_figures(results, shown, reports / "figures")
    return page


def _check_tables(folder: Path) -> None:
    missing = [f"{name}.parquet" for name in NEEDED if not (folder / f"{name}.parquet").is_file()]
    if missing:
        raise BenchError(
            f"{folder} lacks {', '.join(missing)}. Name the results of a finished run."
        )
    for name, schema in NEEDED.items():
        file = folder / f"{name}.parquet"
        if not pq.read_schema(file).equals(schema):
            raise BenchError(
                f"{file} was written by another version of spikebench, with other columns. Render "
                "it with that version, which run.parquet names, or run it again."
            )


def rank(folder: Path) -> None:
    """Write energy, leaderboard, comparisons, curves and standings beside the counts."""
    images, layers = (pd.read_parquet(folder / f"{name}.parquet") for name in ("images", "layers"))
    entries = pd.read_parquet(folder / "energy_models.parquet")["entry"].tolist()
    models = find_models(entries)
    prices = price(images, layers, models)
    ranked = leaderboard(images, prices)
    _write(folder / "energy.parquet", prices, ENERGY)
    write_table(folder / "energy_models.parquet", about(models, entries))
    _write(folder / "leaderboard.parquet", ranked)
    (run,) = pq.read_table(folder / "run.parquet").to_pylist()
    config = yaml.safe_load(run["config"])
    write_comparisons(
        images,
        ranked,
        timesteps=config["timesteps"],
        order=list(config["methods"]),
        reference=config.get("reference_row"),
        folder=folder,
    )


def _write(file: Path, frame: pd.DataFrame, schema: pa.Schema | None = None) -> None:
    write_table(file, pa.Table.from_pandas(frame, schema, preserve_index=False))
