"""The page of a run: one self-contained HTML file and the tables behind it, from Parquet alone."""

from spikebench.report.build import build

__all__ = ["build"]
