"""The pages of a run's site beside index.html."""

from spikebench.report.pages.site import write_pages

__all__ = ["write_pages"]
