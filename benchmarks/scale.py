"""Fit seconds = b GMAC T to some cells, and say how far others are from it.

python benchmarks/scale.py cells.csv

benchmarks/cells.py writes such a file. T is the largest one, also of a row that is simulated for
each T by itself: what that adds was not more than rows differ anyway.
"""

import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd

NETWORK, ROW, SET = ["backbone"], ["backbone", "method"], ["backbone", "dataset", "images"]


def fit(cells: pd.DataFrame) -> float:
    """Return b, the seconds per GMAC and step: of all cells together, as their sum is wanted."""
    return float(cells["seconds"].sum() / (cells["gmac"] * cells["steps"]).sum())


def predicted(known: pd.DataFrame, unknown: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return the unknown cells of groups that have known ones, with the seconds `expected`."""
    lines = {key: fit(cells) for key, cells in known.groupby(by)}
    found = [
        cells.assign(expected=lines[key] * cells["gmac"] * cells["steps"])
        for key, cells in unknown.groupby(by)
        if key in lines
    ]
    return pd.concat(found) if found else unknown.head(0).assign(expected=[])


def parts(cells: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame, list[str]]]:
    """Yield what is predicted from what: half of the rows, sets from a smaller one."""
    labels = sorted(cells["method"].unique())
    chosen = np.random.default_rng(0).permutation(labels)[: len(labels) // 2]
    held = cells["method"].isin(chosen)
    yield "half of the rows, from the network's other rows", cells[~held], cells[held], NETWORK
    work = cells.groupby(SET)["gmac"].mean()
    smallest = cells.set_index(SET).index.isin(work.groupby("backbone").idxmin())
    small, larger = cells[smallest], cells[~smallest]
    yield "larger sets, from the network's smallest set", small, larger, NETWORK
    yield "larger sets, from the same row on the smallest set", small, larger, ROW


def main() -> None:
    """Print the line of each network, and how far predictions are from cells."""
    cells = pd.read_csv(sys.argv[1]).query("steps > 0")  # references take no steps
    print(f"{len(cells)} cells, {cells['seconds'].sum() / 60:.1f} core-minutes")
    for backbone, found in cells.groupby("backbone"):
        print(f"{backbone}: b {fit(found):.4f} s/GMAC")
    for what, known, unknown, by in parts(cells):
        of = predicted(known, unknown, by)
        if of.empty:
            continue
        error = (of["expected"] / of["seconds"] - 1).abs()
        total = of["expected"].sum() / of["seconds"].sum() - 1
        print(f"{what}: {len(of)} cells from {len(known)};", end=" ")
        print(f"error median {error.median():.0%}, worst {error.max():.0%},", end=" ")
        print(f"of their sum {total:+.0%}")


if __name__ == "__main__":
    main()
