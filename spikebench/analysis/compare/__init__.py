"""Compare the rows of a run: paired over images, along their curves, and over boards."""

from spikebench.analysis.compare.tables import COMPARISONS, CURVES, STANDINGS, TARGET_COLUMNS
from spikebench.analysis.compare.write import write_tables

__all__ = ["COMPARISONS", "CURVES", "STANDINGS", "TARGET_COLUMNS", "write_tables"]
