"""Does a small benchmark predict a large one? Kendall's tau of the order of rows on two boards.

A board is a data set with a network. Rows are ordered by their mean gap to the ANN at one T; those
that both boards have count. Intervals: 95 %, from a bootstrap over the images of both boards, drawn
independently. Reads results/<run>/images.parquet with pandas alone.
"""

from itertools import combinations
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from scipy.stats import kendalltau

DRAWS = 1000
BEST = 10  # rows


def gaps(images: pd.DataFrame, timesteps: int) -> dict[str, pd.DataFrame]:
    """Return by board the gap in dB of each row (columns) on each image (index) at one T."""
    found = {}
    for (dataset, backbone), board in images.groupby(["dataset", "backbone"]):
        ann = board[board["method"] == "ann"].groupby("image")["psnr"].mean()
        rows = board[(board["family"] != "reference") & (board["timesteps"] == timesteps)]
        table = rows.pivot_table(index="image", columns="method", values="psnr")
        found[f"{dataset} · {backbone}"] = table.sub(ann, axis=0)
    return found


def tau(one: pd.DataFrame, other: pd.DataFrame) -> float:
    """Return Kendall's tau-b of the mean gaps of the rows that both have, in the same columns."""
    return float(kendalltau(one.mean(), other.mean()).statistic)


def interval(one: pd.DataFrame, other: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of the 95 % bootstrap interval of `tau` over images."""
    random = np.random.default_rng(0)
    drawn = [
        tau(*(table.iloc[random.integers(len(table), size=len(table))] for table in (one, other)))
        for _ in range(DRAWS)
    ]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def line(names: tuple[str, str], one: pd.DataFrame, other: pd.DataFrame) -> str:
    """Return a line of the table: all common rows, and the best of the first board."""
    common = [row for row in one if row in other]
    best = list(one[common].mean().nlargest(BEST).index)
    cells = []
    for rows in (common, best):
        pair = one[rows], other[rows]
        low, high = interval(*pair)
        cells.append(f"{tau(*pair):.2f} [{low:.2f}, {high:.2f}]")
    return f"| {names[0]} | {names[1]} | {len(common)} | {cells[0]} | {cells[1]} |"


def main(
    folder: Annotated[Path, typer.Argument(help="The tables of a run.")],
    timesteps: Annotated[int, typer.Option("-t", min=1, help="The T that is compared.")] = 8,
) -> None:
    """Print tau for each two boards, as a table in Markdown."""
    boards = gaps(pd.read_parquet(folder / "images.parquet"), timesteps)
    print(f"| board | other board | rows | tau, all rows | tau, the {BEST} best of the first |")
    print("|---|---|--:|---|---|")
    for (name, one), (other_name, other) in combinations(boards.items(), 2):
        if len([row for row in one if row in other]) > 2:
            print(line((name, other_name), one, other))


if __name__ == "__main__":
    typer.run(main)
