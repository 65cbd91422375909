"""From the counts of a run to its pages, without Snakemake: price, rank, compare, show."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import yaml

from spikebench.analysis.compare import write_tables as write_comparisons
from spikebench.analysis.leaderboard import write_leaderboard
from spikebench.errors import BenchError
from spikebench.report import build
from spikebench.report.boards.of_results import boards
from spikebench.report.charts.figures import write_figures
from spikebench.report.results import Results
from spikebench.report.tables import write_tables
from spikebench.results.columns.description import ENERGY_MODELS, METHODS, RUN
from spikebench.results.columns.images import IMAGES
from spikebench.results.columns.layers import LAYERS
from spikebench.results.columns.pictures import SHOWN_PICTURES
from spikebench.results.later import fits
from spikebench.run.paths import TRUST
from spikebench.stages.price import price_run

NEEDED = {
    table.name: table for table in (IMAGES, LAYERS, SHOWN_PICTURES, METHODS, ENERGY_MODELS, RUN)
}


def render(folder: Path, reports: Path, trust: Path | None = None) -> Path:
    """Make everything that follows from the counts in `folder`, results/<run>; return the page.

    Prices, ranks and comparisons go to `folder`, the site to `reports`. The energy models are those
    of energy_models.parquet; `trust` is the table of the verified backbones, which may lie beside
    the others. Raises `BenchError` where a table is missing, or has the columns of
    another version.
    """
    _check_tables(folder)
    beside = folder / TRUST.name
    trust = trust or (beside if beside.is_file() else None)
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
    for name, table in NEEDED.items():
        file = folder / f"{name}.parquet"
        if not fits(pq.read_schema(file), table):
            raise BenchError(
                f"{file} was written by another version of spikebench, with other columns. Render "
                "it with that version, which run.parquet names, or run it again."
            )


def rank(folder: Path, entries: Sequence[str] = ()) -> None:
    """Write prices, leaderboard, comparisons, curves and standings beside the counts.

    `entries` are energy models as a configuration names them; without any, they are those of
    energy_models.parquet.
    """
    files = {name: folder / f"{name}.parquet" for name in (*NEEDED, "energy", "prices")}
    known = list(entries) or pd.read_parquet(files["energy_models"])["entry"].tolist()
    price_run(
        files["images"],
        files["layers"],
        known,
        prices=files["energy"],
        models=files["energy_models"],
    )
    write_leaderboard(files["images"], files["layers"], files["energy"], folder)
    (run,) = pq.read_table(files["run"]).to_pylist()
    config = yaml.safe_load(run["config"])
    write_comparisons(
        pd.read_parquet(files["images"]),
        pd.read_parquet(folder / "leaderboard.parquet"),
        pd.read_parquet(files["prices"]),
        timesteps=config["timesteps"],
        order=list(config["methods"]),
        reference=config.get("reference_row"),
        folder=folder,
    )
