"""Compare the rows of a run: paired over images, along their curves, and over boards."""

from spikebench.analysis.compare.write import write_tables

__all__ = ["write_tables"]
