"""Rows of one label by two versions of the code: when they may stand in one table.

The hash of a row's sources changes with any edit of the library that its method rests on, a number
seldom does. That none does is shown by cells that both versions measured.
"""

from itertools import chain

import pandas as pd

from spikebench.release.merge.conflicts import CELL, differing_cells
from spikebench.release.merge.finished import Finished
from spikebench.results.columns.images import IMAGES
from spikebench.results.columns.layers import LAYERS

HASH = "method_hash"


def same_numbers(first: Finished, second: Finished) -> set[str]:
    """Return the labels whose sources differ in two runs, and whose numbers were shown not to.

    Both runs have cells of them, by different versions, and all that both have are equal in every
    stable column. Or one of the runs was merged, and has cells of the version of the other.
    """
    said = first.methods[["method", HASH]].merge(
        second.methods[["method", HASH]], on="method", suffixes=("", "_other")
    )
    shown = _equal_cells(first, second)
    one, other = (_versions(run.images) for run in (first, second))
    return {
        label
        for label, mine, theirs in said.itertuples(index=False, name=None)
        if mine in one.get(label, ()) and theirs in other.get(label, ())
        if mine != theirs and (label in shown or theirs in one[label] or mine in other[label])
    }


def _equal_cells(first: Finished, second: Finished) -> set[str]:
    """Return the labels with cells of two versions, all of which are equal."""
    cells = [run.images[[*CELL, HASH]].drop_duplicates() for run in (first, second)]
    both = cells[0].merge(cells[1], on=CELL, suffixes=("", "_other"))
    differing = chain.from_iterable(
        differing_cells(first, second, table) for table in (IMAGES, LAYERS)
    )
    wrong = {cell[CELL.index("method")] for cell, *_ in differing}
    return set(both.loc[both[HASH] != both[f"{HASH}_other"], "method"]) - wrong


def _versions(images: pd.DataFrame) -> dict[str, set[str]]:
    """Return the hashes of the sources that measured each label."""
    found: dict[str, set[str]] = {}
    rows = images[["method", HASH]].drop_duplicates()
    for label, version in rows.itertuples(index=False, name=None):
        found.setdefault(label, set()).add(version)
    return found
