"""Are the numbers of two runs the same, to the bit? `python -m benchmarks.same_numbers OLD NEW`.

OLD and NEW are folders results/<run>. Every numeric column of the four tables of numbers is
compared by its bits, row by row, after both are sorted by their keys; what changes from one run to
the next (seconds, threads) is left out. A table that was laid out anew is brought to the older form
first, see `LAID_OUT_ANEW`. Prints a line for each table and exits with 1 where a number differs.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

TABLES = ("images", "layers", "energy", "leaderboard")
KEYS = ["task", "dataset", "backbone", "method", "seed", "timesteps", "image", "layer"]
KEYS += ["energy_model"]
PASSING = {"seconds", "threads"}

PRICED = ("ratio", "effective_ratio", "twin_ratio", "break_even_ann", "break_even_twin")


def wide(leaderboard: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Return a leaderboard with a column for each price under each energy model, as it once was.

    Today the prices stand in prices.parquet, one row a model; a folder without it has them still.
    """
    file = folder / "prices.parquet"
    if not file.is_file():
        return leaderboard
    keys = ["task", "dataset", "backbone", "method", "timesteps"]
    prices = pd.read_parquet(file).pivot(index=keys, columns="energy_model", values=list(PRICED))
    names = ["_".join(map(str, column)) for column in prices.columns.to_flat_index()]
    return leaderboard.merge(prices.set_axis(names, axis=1).reset_index(), on=keys, how="left")


# By table: what brings a frame of today's form, from its folder, to the form it had before.
LAID_OUT_ANEW: dict[str, Callable[[pd.DataFrame, Path], pd.DataFrame]] = {"leaderboard": wide}


def differences(old: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    """Return a line for each way in which the numbers of two frames differ; none for none."""
    numeric = [str(n) for n in old if pd.api.types.is_numeric_dtype(old[n]) and n not in PASSING]
    lacking = [name for name in numeric if name not in new]
    if lacking:
        return [f"columns are missing: {', '.join(lacking)}"]
    keys = [key for key in KEYS if key in old and key in new]
    frames = [frame.sort_values(keys, kind="stable") for frame in (old, new)]
    if not frames[0][keys].reset_index(drop=True).equals(frames[1][keys].reset_index(drop=True)):
        return [f"{len(old)} and {len(new)} rows, of other keys"]
    return [
        f"{name}: {count} of {len(old)} values differ"
        for name in numeric
        if (count := int((_bits(frames[0][name]) != _bits(frames[1][name])).sum()))
    ]


def _bits(values: pd.Series) -> np.ndarray:
    """Return the bits of each number; all NaN are alike."""
    numbers = values.to_numpy(dtype=float)
    return np.where(np.isnan(numbers), np.nan, numbers).view(np.int64)


def read(folder: Path, table: str) -> pd.DataFrame:
    """Return a table of a run in its older form."""
    frame = pd.read_parquet(folder / f"{table}.parquet")
    return LAID_OUT_ANEW.get(table, lambda found, _: found)(frame, folder)


def main(old: Path, new: Path) -> int:
    """Compare two runs and return the exit status."""
    status = 0
    for table in TABLES:
        one, other = read(old, table), read(new, table)
        found = differences(one, other)
        numbers = sum(pd.api.types.is_numeric_dtype(one[name]) for name in one)
        print(f"{table}: {'; '.join(found) or f'{len(one)} rows, {numbers} columns, equal'}")
        status |= bool(found)
    return status


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:3])))
