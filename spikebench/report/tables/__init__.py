"""Every table of the site as CSV, Markdown and LaTeX, with what it takes to cite it."""

from spikebench.report.tables.write import write_run_tables, write_tables

__all__ = ["write_run_tables", "write_tables"]
