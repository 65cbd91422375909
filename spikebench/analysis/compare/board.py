"""What may be compared: rows of one data set, one backbone and one protocol, on the same images."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from spikebench.analysis.prices import models, of_model
from spikebench.errors import BenchError
from spikebench.results.finite import left_out

REFERENCE = "reference"
ROW = ["method", "timesteps"]


@dataclass(frozen=True)
class Point:
    """A method at one T: its mean PSNR in dB, and its energy, ANN = 1, by the first model."""

    method: str
    timesteps: int
    psnr: float
    energy: float


Measured = Mapping[tuple[str, int], np.ndarray]


@dataclass(frozen=True)
class Board:
    """The competitors of one board.

    `rows` are their rows of leaderboard.parquet, `prices` those of prices.parquet. `psnr` holds the
    PSNR in dB of each (method, timesteps), (seeds, images), and `ann` the ANN's on the same inputs.
    All of these are finite: the images of `results.finite` are left out. Where none is left, both
    are empty.
    """

    task: str
    dataset: str
    backbone: str
    protocol: str
    rows: pd.DataFrame
    prices: pd.DataFrame
    psnr: Measured
    ann: Measured

    @property
    def keys(self) -> dict[str, str]:
        """The columns that every row of this board shares."""
        return {name: getattr(self, name) for name in ("task", "dataset", "backbone", "protocol")}

    @property
    def hybrid(self) -> bool:
        """Whether the network has analogue nodes behind neurons."""
        return bool(self.rows["analogue_share"].notna().any())

    @property
    def points(self) -> list[Point]:
        """The competitors, by the energy model that ranks."""
        columns = self.priced(models(self.prices)[0])[[*ROW, "psnr", "ratio"]]
        return [Point(*values) for values in columns.itertuples(index=False, name=None)]

    def priced(self, model: str) -> pd.DataFrame:
        """Return the rows, each with its `ratio` of energy to the ANN's under one energy model."""
        ratios = of_model(self.prices, model)[[*ROW, "ratio"]]
        return self.rows.merge(ratios, on=ROW, how="left")


def boards(
    images: pd.DataFrame, leaderboard: pd.DataFrame, prices: pd.DataFrame
) -> Iterator[Board]:
    """Yield a board for each (data set, backbone) that has competitors.

    Raises `BenchError` where a board mixes tasks or protocols, or where its rows are of different
    images: their numbers cannot be compared, and no mean is formed over them.
    """
    competing = leaderboard[leaderboard["family"] != REFERENCE]
    shown = images[images["family"] != REFERENCE]
    measured = dict(list(shown.groupby(["dataset", "backbone"])))
    costs = dict(list(prices.groupby(["dataset", "backbone"])))
    out = left_out(images)
    for key, rows in competing.groupby(["dataset", "backbone"]):
        dataset, backbone = map(str, key)
        task, protocol = _only(rows, "task"), _only(rows, "protocol")
        own = measured[dataset, backbone]
        _check_same_images(own)
        compared = own[~own["image"].isin(out.get((dataset, backbone), ()))]
        psnr, ann = (_by_image(compared, column) for column in ("psnr", "psnr_ann"))
        cost = costs[dataset, backbone]
        yield Board(task, dataset, backbone, protocol, rows, cost, psnr, ann)


def _only(rows: pd.DataFrame, column: str) -> str:
    found = sorted(rows[column].unique())
    if len(found) > 1:
        place = f"({rows['dataset'].iloc[0]}, {rows['backbone'].iloc[0]})"
        raise BenchError(
            f"leaderboard.parquet: the rows of {place} have {len(found)} values of `{column}`: "
            f"{', '.join(found)}. Their numbers cannot be compared; run each by itself."
        )
    return found[0]


def _check_same_images(images: pd.DataFrame) -> None:
    counts = images.groupby([*ROW, "seed"])["image"].nunique()
    lacking = counts.index[counts < images["image"].nunique()]
    if len(lacking):
        method, timesteps, seed = lacking[0]
        raise BenchError(
            f"images.parquet: {method} at T = {timesteps}, seed {seed}, lacks images that other "
            f"rows of ({images['dataset'].iloc[0]}, {images['backbone'].iloc[0]}) have. Paired "
            "differences need the same images; run its evaluation again."
        )


def _by_image(images: pd.DataFrame, column: str) -> Measured:
    table = images.pivot(index=[*ROW, "seed"], columns="image", values=column)
    return {
        (method, timesteps): rows.to_numpy()
        for (method, timesteps), rows in cast(Any, table.groupby(level=ROW))
    }
