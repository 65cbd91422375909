"""Two finished runs, of another machine or another day, as one."""

from spikebench.release.merge.merge import merge

__all__ = ["merge"]
