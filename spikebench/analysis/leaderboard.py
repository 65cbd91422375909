"""Aggregate a run over its images: means, intervals, gaps, ranks, Pareto front."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spikebench.analysis.prices import models, of_model, prices
from spikebench.analysis.ranks import REFERENCE, open_ranks, ranks
from spikebench.analysis.statistics import bootstrap_intervals, pareto
from spikebench.results.columns.energy import PRICES
from spikebench.results.columns.field import columns_of
from spikebench.results.columns.images import IMAGES
from spikebench.results.columns.leaderboard import LEADERBOARD
from spikebench.results.finite import FINITE_MEANS, left_out
from spikebench.results.frames import named
from spikebench.results.shards import write_frame
from spikebench.spike_kinds import SpikeKind

ROW = [field.name for field in columns_of(IMAGES.fields, over_images="key")]
MEANS = [f.name for f in IMAGES.fields if f.over_images in ("mean", "finite mean")]
MOST = [field.name for field in columns_of(IMAGES.fields, over_images="max")]
RICHEST = [field.name for field in columns_of(IMAGES.fields, over_images="richest")]
BOARD = ["dataset", "backbone"]
AT_ONE_T = [*BOARD, "timesteps"]


def write_leaderboard(images: Path, layers: Path, energy: Path, folder: Path) -> None:
    """Write leaderboard.parquet and prices.parquet into `folder`, each atomically."""
    priced = prices(pd.read_parquet(energy))
    write_frame(folder / "prices.parquet", priced, PRICES)
    ranked = leaderboard(pd.read_parquet(images), pd.read_parquet(layers), priced)
    write_frame(folder / "leaderboard.parquet", ranked, LEADERBOARD)


def leaderboard(images: pd.DataFrame, layers: pd.DataFrame, priced: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each (data set, backbone, method, T), seeds pooled.

    `layers` is layers.parquet, `priced` prices.parquet. Which columns of the images a row has, and
    whether as mean, maximum or richest kind, is declared in `results/columns/images.py`. `gap_db`
    is PSNR minus the ANN's on the same images, paired. Images on which a PSNR of the board is not
    finite are left out of PSNR, gap and all that follows from them, for every row alike
    (`results.finite`). Intervals are 95 % bootstrap over images, with the same resamples for every
    row of a data set. Ranks are within data set, backbone and T, `rank_in_class` also within the
    class of spikes, `rank_first` to `rank_last` what the images leave open; the Pareto front is
    within data set and backbone over PSNR and the first energy model's ratio. References take part
    in neither but in `pareto_with_references`, nor do rows of a board that leaves out all images,
    whose PSNR is missing.
    """
    out = left_out(images)
    rows = [_Row(key, group, out) for key, group in images.groupby(ROW, sort=True)]
    if not rows:
        return LEADERBOARD.schema.empty_table().to_pandas()
    table = pd.DataFrame([row.values for row in rows])
    for measure in ("psnr", "gap"):
        table[[f"{measure}_low", f"{measure}_high"]] = _intervals(rows, measure)
    table["interval_steps"] = _intervals_in_steps(table, layers)
    table[["analogue_share", "special_ops"]] = _analogue(table, layers)
    table["rank"] = ranks(table, AT_ONE_T)
    table["rank_in_class"] = ranks(table, [*AT_ONE_T, "spike_class"])
    table[["rank_first", "rank_last"]] = open_ranks(table, [row.psnr for row in rows], AT_ONE_T)
    table["boards"] = len(table[BOARD].drop_duplicates())
    run_on = table[["method", *BOARD]].drop_duplicates().groupby("method").size()
    table["boards_run"] = table["method"].map(run_on)
    table[["energy_least", "energy_most"]] = _over_models(table, priced)
    first = of_model(priced, models(priced)[0])
    competing = table["family"] != REFERENCE
    table["pareto"] = _front(table, first, competing)
    table["pareto_with_references"] = _front(table, first, table["family"].notna())
    return table[LEADERBOARD.names]


class _Row:
    """A method at one T: its values, and its measures by image; seeds are averaged in an image."""

    def __init__(
        self,
        key: tuple[Any, ...],
        group: pd.DataFrame,
        out: Mapping[tuple[str, str], Sequence[str]],
    ) -> None:
        names = dict(zip(ROW, key, strict=True))
        per_image = group.groupby("image")[[*MEANS, *MOST]].mean()
        without = out.get((names["dataset"], names["backbone"]), ())
        compared = per_image[~per_image.index.isin(without)]
        self.psnr = compared["psnr"].to_numpy()
        self.gap = (compared["psnr"] - compared["psnr_ann"]).to_numpy()
        self.values: dict[str, Any] = {
            **names,
            **{name: _richest(group[name]) for name in RICHEST},
            **{name: int(group[name].max()) for name in MOST},
            **named(per_image[MEANS].mean()),
            # All columns are summed, as above: a sum of fewer can differ in its last bit.
            **named(compared[MEANS].mean()[FINITE_MEANS]),
            "images": len(per_image),
            "images_left_out": len(per_image) - len(compared),
            "seeds": group["seed"].nunique(),
            "psnr_se": _standard_error(self.psnr),
            "gap_db": self.gap.mean() if len(self.gap) else np.nan,
        }


def _standard_error(values: np.ndarray) -> float:
    """Return the standard error of the mean of values (n,); 0 for one of them, NaN for none."""
    if len(values) < 2:
        return 0.0 if len(values) else np.nan
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def _intervals(rows: list[_Row], measure: str) -> np.ndarray:
    """Return the intervals (rows, 2) of a measure, resampled together where sets are the same."""
    found = np.full((len(rows), 2), np.nan)  # stays where no image is compared
    sets = pd.DataFrame([(row.values["dataset"], len(row.psnr)) for row in rows])
    sets = sets[sets[1] > 0]
    for dataset, count in sets.drop_duplicates().itertuples(index=False, name=None):
        places = sets.index[(sets[0] == dataset) & (sets[1] == count)]
        values = np.stack([getattr(rows[place], measure) for place in places])
        found[places] = bootstrap_intervals(values, dataset)
    return found


def _intervals_in_steps(table: pd.DataFrame, layers: pd.DataFrame) -> pd.Series:
    """Return the most steps that the neurons behind one layer take; 0 for a row without layers."""
    keys = list(LEADERBOARD.keys)
    most = layers.groupby(keys, as_index=False)["passes"].max()
    return table[keys].merge(most, how="left")["passes"].fillna(0).astype(int)


def _analogue(table: pd.DataFrame, layers: pd.DataFrame) -> np.ndarray:
    """Return the share of MACs in analogue nodes and their special functions, NaN without any."""
    keys, taken = list(LEADERBOARD.keys), ["macs_dense", "analogue_macs", "special_ops"]
    by_seed = layers.groupby([*keys, "seed"], as_index=False)[taken].sum()
    sums = table[keys].merge(by_seed.groupby(keys, as_index=False)[taken].mean(), how="left")
    hybrid = (sums["analogue_macs"] > 0) | (sums["special_ops"] > 0)
    share = (sums["analogue_macs"] / sums["macs_dense"]).where(hybrid)
    return np.column_stack([share, sums["special_ops"].where(hybrid)])


def _over_models(table: pd.DataFrame, priced: pd.DataFrame) -> np.ndarray:
    """Return each row's least and largest energy over the models, ANN = 1, as (rows, 2)."""
    keys = list(LEADERBOARD.keys)
    ends = priced.groupby(keys, as_index=False)["ratio"].agg(["min", "max"])
    return table[keys].merge(ends, how="left")[["min", "max"]].to_numpy()


def _richest(classes: pd.Series) -> str:
    return max(map(SpikeKind.of, classes.unique())).label


def _front(table: pd.DataFrame, priced: pd.DataFrame, among: pd.Series) -> pd.Series:
    """Tell which rows `among` others none of these beats; `priced` is under the ranking model."""
    front = pd.Series(False, index=table.index)
    keys = ["dataset", "backbone", "method", "timesteps"]
    ratio = table[keys].merge(priced[[*keys, "ratio"]], how="left")["ratio"].to_numpy()
    for _, group in table[among].groupby(BOARD):
        front[group.index] = pareto(ratio[group.index], group["psnr"].to_numpy())
    return front
