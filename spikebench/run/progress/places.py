"""Where the page of an unfinished run has its files; `spikebench.run.paths` has all others.

They are no part of that module because training depends on it, and would be done anew.
"""

from pathlib import Path

from spikebench.run import paths


def so_far(run: str) -> Path:
    """Return the folder of what is needed until the run is finished, and deleted then."""
    return paths.results(run) / "so_far"


def pair_finished(run: str, dataset: str, backbone: str) -> Path:
    """Return the mark that all cells of a data set and backbone are there, in this run."""
    return so_far(run) / "pairs" / dataset / f"{backbone}.txt"


def tables_so_far(run: str) -> Path:
    """Return the folder of the tables of the finished pairs: never those of the run."""
    return so_far(run) / "tables"


def page_whole(run: str) -> Path:
    """Return the mark that the page is of the whole run."""
    return paths.results(run) / "page_whole.txt"
