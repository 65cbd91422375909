"""Aggregate a run over its images: means, intervals, gaps, ranks, Pareto front."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from spikebench.analysis.energy import energy_columns
from spikebench.analysis.statistics import bootstrap_intervals, pareto, shared_ranks
from spikebench.results.tables import write_table
from spikebench.spike_kinds import SpikeKind

CELL = ["task", "dataset", "backbone", "method", "family", "protocol", "timesteps"]
MEANS = [
    *("psnr", "ssim", "lpips", "psnr_input", "psnr_ann"),
    *("spikes_per_neuron", "synops", "output_entropy"),
]
REFERENCE = "reference"


def write_leaderboard(images: Path, energy: Path, folder: Path) -> None:
    """Write leaderboard.parquet into `folder`, atomically."""
    table = leaderboard(pd.read_parquet(images), pd.read_parquet(energy))
    write_table(folder / "leaderboard.parquet", pa.Table.from_pandas(table, preserve_index=False))


def leaderboard(images: pd.DataFrame, energy: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each (data set, backbone, method, T), seeds pooled.

    `gap_db` is PSNR minus the ANN's on the same images, paired. Intervals are 95 % bootstrap over
    images, with the same resamples for every row of a data set. Ranks are within data set,
    backbone and T, `rank_in_class` also within the class of spikes; the Pareto front is within data
    set and backbone over PSNR and the first energy model's ratio. References take part in neither.
    """
    cells = [_Cell(key, group) for key, group in images.groupby(CELL, sort=True)]
    table = pd.DataFrame([cell.row for cell in cells])
    if table.empty:
        return table
    for measure in ("psnr", "gap"):
        table[[f"{measure}_low", f"{measure}_high"]] = _intervals(cells, measure)
    table = table.merge(energy_columns(energy), on=["dataset", "backbone", "method", "timesteps"])
    table["rank"] = _ranks(table, ["dataset", "backbone", "timesteps"])
    table["rank_in_class"] = _ranks(table, ["dataset", "backbone", "timesteps", "spike_class"])
    table["pareto"] = _front(table, f"ratio_{energy['energy_model'].iloc[0]}")
    return table


class _Cell:
    """One cell at one T: its row, and its values by image; seeds are averaged within an image."""

    def __init__(self, key: tuple, group: pd.DataFrame) -> None:
        per_image = group.groupby("image")[[*MEANS, "latency_steps"]].mean()
        self.psnr = per_image["psnr"].to_numpy()
        self.gap = (per_image["psnr"] - per_image["psnr_ann"]).fillna(0.0).to_numpy()  # inf - inf
        finite = np.isfinite(self.psnr).all() and len(self.psnr) > 1
        self.row = {
            **dict(zip(CELL, key, strict=True)),
            "spike_class": _richest(group["spike_class"]),
            "latency_steps": int(group["latency_steps"].max()),
            "images": len(per_image),
            "seeds": group["seed"].nunique(),
            **per_image[MEANS].mean().to_dict(),
            "psnr_se": self.psnr.std(ddof=1) / np.sqrt(len(self.psnr)) if finite else 0.0,
            "gap_db": self.gap.mean(),
        }


def _intervals(cells: list[_Cell], measure: str) -> np.ndarray:
    """Return the intervals (rows, 2) of a measure, resampled together where sets are the same."""
    found = np.empty((len(cells), 2))
    sets = pd.DataFrame([(cell.row["dataset"], cell.row["images"]) for cell in cells])
    for (dataset, _), rows in sets.groupby([0, 1]).groups.items():
        values = np.stack([getattr(cells[row], measure) for row in rows])
        found[rows] = bootstrap_intervals(values, dataset)
    return found


def _richest(classes: pd.Series) -> str:
    return max(map(SpikeKind.of, classes.unique())).label


def _ranks(table: pd.DataFrame, within: list[str]) -> pd.Series:
    """Return ranks by PSNR among methods equal in the columns `within`; 0 for a reference."""
    ranks = pd.Series(0, index=table.index)
    competing = table[table["family"] != REFERENCE]
    for _, group in competing.groupby(within):
        ranks[group.index] = shared_ranks(group["psnr"].to_numpy())
    return ranks


def _front(table: pd.DataFrame, ratio: str) -> pd.Series:
    front = pd.Series(False, index=table.index)
    competing = table[table["family"] != REFERENCE]
    for _, group in competing.groupby(["dataset", "backbone"]):
        front[group.index] = pareto(group[ratio].to_numpy(), group["psnr"].to_numpy())
    return front
