"""Comparing results: intervals, paired tests, curves, targets, ranks. See docs/statistics.md."""

from spikebench.analysis.statistics.bjontegaard import Curve, Delta, bd_energy, bd_psnr, curve
from spikebench.analysis.statistics.equal_energy import at_energy, span
from spikebench.analysis.statistics.equivalence import (
    MARGIN,
    Pairs,
    compare,
    equivalence,
    places,
)
from spikebench.analysis.statistics.intervals import bootstrap_interval, bootstrap_intervals
from spikebench.analysis.statistics.paired import ENOUGH, holm, signed_ranks
from spikebench.analysis.statistics.ranks import borda, pareto, shared_ranks
from spikebench.analysis.statistics.targets import smallest_within

__all__ = [
    "ENOUGH",
    "MARGIN",
    "Curve",
    "Delta",
    "Pairs",
    "at_energy",
    "bd_energy",
    "bd_psnr",
    "bootstrap_interval",
    "bootstrap_intervals",
    "borda",
    "compare",
    "curve",
    "equivalence",
    "holm",
    "pareto",
    "places",
    "shared_ranks",
    "signed_ranks",
    "smallest_within",
    "span",
]
