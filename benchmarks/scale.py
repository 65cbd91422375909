"""Fit seconds = GMAC (a + b T) to the cells of a run, and say how far each cell is from it.

python benchmarks/scale.py results/quick
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

COLUMNS = ["dataset", "backbone", "method", "seed", "image", "timesteps", "seconds", "macs_dense"]


def fit(images: pd.DataFrame) -> tuple[float, float]:
    """Return a and b in seconds per GMAC, by least squares of the seconds per GMAC."""
    gmac = images["macs_dense"] / 1e9
    b, a = np.polyfit(images["timesteps"], images["seconds"] / gmac, 1)
    return float(a), float(b)


def cells(images: pd.DataFrame) -> pd.DataFrame:
    """Return for each cell its GMAC, and its seconds at its largest T, summed over images."""
    last = images[images["timesteps"] == images["timesteps"].max()]
    sums = last.groupby(["dataset", "backbone", "method", "seed"])[["seconds", "macs_dense"]].sum()
    return sums.assign(gmac=sums["macs_dense"] / 1e9)


def main() -> None:
    """Print the line of each network, and the cells against it."""
    images = pd.read_parquet(Path(sys.argv[1], "images.parquet"), columns=COLUMNS)
    images = images[images["timesteps"] > 0]
    for backbone, rows in images.groupby("backbone"):
        (a, b), found = fit(rows), cells(rows)
        ratio = found["seconds"] / (found["gmac"] * (a + b * rows["timesteps"].max()))
        low, middle, high = ratio.quantile([0.05, 0.5, 0.95])
        print(f"{backbone}: {len(found)} cells, a {a:.3f}, b {b:.4f} s/GMAC;", end=" ")
        print(f"measured / line: median {middle:.2f}, 5 to 95 %: {low:.2f} to {high:.2f};", end=" ")
        print(f"{found['seconds'].sum() / 3600:.2f} core-hours")


if __name__ == "__main__":
    main()
