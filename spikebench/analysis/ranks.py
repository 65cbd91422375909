"""How rows rank by mean PSNR, and which ranks their images leave open."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from spikebench.analysis.statistics import compare, places, shared_ranks

REFERENCE = "reference"


def ranks(table: pd.DataFrame, within: list[str]) -> pd.Series:
    """Return ranks by PSNR among methods equal in `within`; 0 for a reference or no PSNR."""
    found = pd.Series(0, index=table.index)
    for _, group in _competing(table).groupby(within):
        found[group.index] = shared_ranks(group["psnr"].to_numpy())
    return found


def open_ranks(table: pd.DataFrame, psnr: Sequence[np.ndarray], within: list[str]) -> np.ndarray:
    """Return the first and the last rank (rows, 2) that each row may have; 0 where it has none.

    `psnr` holds each row's PSNR on its board's images, (n,); see `statistics.equivalence`. Rows of
    different numbers of images have none: such a board is refused when it is compared.
    """
    found = np.zeros((len(table), 2), dtype=int)
    for _, group in _competing(table).groupby(within):
        values = [psnr[row] for row in group.index]
        if len({len(of_row) for of_row in values}) == 1:
            found[group.index] = np.column_stack(places(compare(np.stack(values))))
    return found


def _competing(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["family"] != REFERENCE) & table["psnr"].notna()]
