"""The boards of a run, from its tables."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from spikebench.analysis.statistics import pareto
from spikebench.report.boards.board import Board
from spikebench.report.boards.row import COLUMNS, PRICES, Price, Row
from spikebench.report.results import Results
from spikebench.results.finite import left_out
from spikebench.results.frames import records
from spikebench.run.cell import whole_set

KEYS = ["task", "dataset", "backbone", "method", "timesteps"]
REFERENCE = "reference"


def boards(results: Results) -> list[Board]:
    """Return the boards in the order of the configuration, rows best first; none of no rows."""
    if results.leaderboard.empty:
        return []
    tables = dict(list(results.leaderboard.groupby(["dataset", "backbone"])))
    out = left_out(results.images)
    return [
        _board(dataset, backbone, tables[dataset, backbone], results, out.get((dataset, backbone)))
        for dataset, backbone in _pairs(results)
    ]


def _pairs(results: Results) -> Iterator[tuple[str, str]]:
    """Yield (data set, backbone) as the tables name them, a part of a set with its label."""
    found = results.leaderboard[["dataset", "backbone"]].drop_duplicates().to_records(index=False)
    asked = dict.fromkeys(
        pair
        for benchmark in results.run["benchmarks"]
        for pair in product(benchmark["datasets"], benchmark["backbones"])
    )
    for pair in asked:
        yield from ((label, name) for label, name in found if (whole_set(label), name) == pair)


def _board(
    dataset: str,
    backbone: str,
    table: pd.DataFrame,
    results: Results,
    out: Sequence[str] | None,
) -> Board:
    names = dict(zip(results.methods["method"], results.methods["name"], strict=True))
    ordered = table.sort_values(["psnr", "method", "timesteps"], ascending=[False, True, True])
    prices = _prices(ordered, results)
    measured = _per_image(results.images, dataset, backbone, out or ())
    steps = {name: _steps(results.trained(name, backbone)) for name in set(table["method"])}
    rows = [
        Row(
            name=names[values["method"]],
            prices=prices[values["method"], values["timesteps"]],
            **{column: values[column] for column in COLUMNS},
            others={name: value for name, value in values.items() if name not in COLUMNS}
            | {"step": steps[values["method"]]},
            per_image=measured[values["method"], values["timesteps"]],
        )
        for values in records(ordered)
    ]
    return Board(
        dataset,
        backbone,
        task=table["task"].iloc[0],
        protocol=table["protocol"].iloc[0],
        set_title=_set_title(results.run["datasets"][whole_set(dataset)], rows[0].images),
        net_title=results.run["backbones"][backbone]["title"],
        rows=rows,
        refused=[
            (names[entry["method"]], entry["reason"])
            for entry in results.run["refusals"]
            if entry["backbone"] == backbone
        ],
        files=dict(zip(results.methods["method"], results.methods["source"], strict=True)),
        left_out=tuple(out or ()),
    )


def _per_image(
    images: pd.DataFrame, dataset: str, backbone: str, out: Sequence[str]
) -> dict[tuple[str, int], np.ndarray]:
    """Return the PSNR of each (method, T) of a board on the images compared, seeds averaged."""
    mine = images[(images["dataset"] == dataset) & (images["backbone"] == backbone)]
    compared = mine[~mine["image"].isin(out)]
    table = compared.pivot_table(index=["method", "timesteps"], columns="image", values="psnr")
    nothing = np.empty(0)  # of a board that leaves out all images
    keys = mine[["method", "timesteps"]].drop_duplicates().itertuples(index=False, name=None)
    values = dict(zip(table.index, table.to_numpy(), strict=True))
    return {key: values.get(key, nothing) for key in keys}


def _steps(curve: pd.DataFrame) -> float:
    """Return how many steps of training a row's state had, NaN for an untrained one."""
    kept = curve.loc[curve["kept"].astype(bool), "step"]
    return float(kept.iloc[0]) if len(kept) else float("nan")


def _prices(rows: pd.DataFrame, results: Results) -> dict[tuple[str, int], dict[str, Price]]:
    """Return what each (method, T) of a board costs, by energy model in the configuration's order.

    `rows` are the board's rows of leaderboard.parquet.
    """
    costs = rows.merge(results.prices, on=KEYS, how="left", suffixes=("", "_priced"))
    found: dict[tuple[str, int], dict[str, Price]] = {}
    for model in results.models:
        mine = costs[costs["energy_model"] == model]
        competing = (mine["family"] != REFERENCE).to_numpy()
        front = np.zeros(len(mine), dtype=bool)
        ratio, psnr = (mine[name].to_numpy() for name in ("ratio", "psnr"))
        front[competing] = pareto(ratio[competing], psnr[competing])
        for values, inner, outer in zip(records(mine), front, pareto(ratio, psnr), strict=True):
            known: dict[str, Any] = {name: values[name] for name in PRICES}
            price = Price(**known, front=bool(inner), outer=bool(outer))
            found.setdefault((values["method"], values["timesteps"]), {})[model] = price
    return found


def _set_title(description: dict[str, Any], images: int) -> str:
    """Return the data set's title, with a remark where only a part of it was run."""
    whole, title = description["images"], description["title"]
    return title if images == whole else f"{title} [{images} of {whole}]"
