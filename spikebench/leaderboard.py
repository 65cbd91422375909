"""Aggregate a run over its images: means, intervals, gaps, ranks, Pareto front."""

import numpy as np
import pandas as pd

from spikebench.statistics import bootstrap_interval, pareto, shared_ranks

CELL = ["task", "dataset", "backbone", "method", "family", "protocol", "timesteps"]
MEANS = ["psnr", "ssim", "lpips", "psnr_input", "psnr_ann", "spikes_per_neuron", "synops"]
REFERENCE = "reference"


def leaderboard(images: pd.DataFrame, energy: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each (data set, backbone, method, T), seeds pooled.

    `gap_db` is PSNR minus the ANN's on the same images, paired. Intervals are 95 % bootstrap over
    images. Ranks are within data set, backbone and T; the Pareto front is within data set and
    backbone over PSNR and the first energy model's ratio. References take part in neither.
    """
    rows = [_row(key, group) for key, group in images.groupby(CELL, sort=True)]
    table = pd.DataFrame(rows)
    if table.empty:
        return table
    ratios = energy.groupby(["dataset", "backbone", "method", "timesteps", "energy_model"])["ratio"]
    models = energy["energy_model"].unique()  # in the order of the configuration
    ratios = ratios.mean().unstack("energy_model")[models].add_prefix("ratio_").reset_index()
    table = table.merge(ratios, on=["dataset", "backbone", "method", "timesteps"])
    table["rank"] = _ranks(table)
    table["pareto"] = _front(table, f"ratio_{models[0]}")
    return table


def _row(key: tuple, group: pd.DataFrame) -> dict:
    """Aggregate one cell at one T; an image counts once, whatever the number of seeds."""
    per_image = group.groupby("image")[[*MEANS, "latency_steps"]].mean()
    gap = (per_image["psnr"] - per_image["psnr_ann"]).fillna(0.0).to_numpy()  # inf - inf: equal
    psnr = per_image["psnr"].to_numpy()
    axes = tuple(map(str, key))
    low, high = bootstrap_interval(psnr, "psnr", *axes)
    gap_low, gap_high = bootstrap_interval(gap, "gap", *axes)
    finite = np.isfinite(psnr).all() and len(psnr) > 1
    return {
        **dict(zip(CELL, key, strict=True)),
        "spike_class": _richest(group["spike_class"]),
        "latency_steps": int(group["latency_steps"].max()),
        "images": len(per_image),
        "seeds": group["seed"].nunique(),
        **per_image[MEANS].mean().to_dict(),
        "psnr_se": psnr.std(ddof=1) / np.sqrt(len(psnr)) if finite else 0.0,
        "psnr_low": low,
        "psnr_high": high,
        "gap_db": gap.mean(),
        "gap_low": gap_low,
        "gap_high": gap_high,
    }


def _richest(classes: pd.Series) -> str:
    order = ["none", "binary", "signed", "burst", "graded", "analogue"]
    return max(classes.unique(), key=order.index)


def _ranks(table: pd.DataFrame) -> pd.Series:
    """Return ranks by PSNR among the methods at the same T; 0 for a reference."""
    ranks = pd.Series(0, index=table.index)
    competing = table[table["family"] != REFERENCE]
    for _, group in competing.groupby(["dataset", "backbone", "timesteps"]):
        ranks[group.index] = shared_ranks(group["psnr"].to_numpy())
    return ranks


def _front(table: pd.DataFrame, ratio: str) -> pd.Series:
    front = pd.Series(False, index=table.index)
    competing = table[table["family"] != REFERENCE]
    for _, group in competing.groupby(["dataset", "backbone"]):
        front[group.index] = pareto(group[ratio].to_numpy(), group["psnr"].to_numpy())
    return front
