"""Comparing results: intervals, paired tests, curves, targets, ranks. See docs/statistics.md."""

from spikebench.statistics.bjontegaard import Curve, Delta, bd_energy, bd_psnr, curve
from spikebench.statistics.intervals import bootstrap_interval, bootstrap_intervals
from spikebench.statistics.paired import ENOUGH, holm, signed_ranks
from spikebench.statistics.ranks import borda, pareto, shared_ranks
from spikebench.statistics.targets import smallest_within

__all__ = [
    "ENOUGH",
    "Curve",
    "Delta",
    "bd_energy",
    "bd_psnr",
    "bootstrap_interval",
    "bootstrap_intervals",
    "borda",
    "curve",
    "holm",
    "pareto",
    "shared_ranks",
    "signed_ranks",
    "smallest_within",
]
