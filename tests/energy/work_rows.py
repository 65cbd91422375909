"""Work of one layer, written down by hand."""

import pandas as pd

from spikebench.energy.work import COLUMNS, COUNTS, SHAPE


def work_frame(input_kind: str = "binary", **numbers: float) -> pd.DataFrame:
    """Return the work of one layer; what is not given is 0."""
    row = {"row": 0} | dict.fromkeys([*COUNTS, *SHAPE], 0.0)
    return pd.DataFrame([row | {"input_kind": input_kind} | numbers])[COLUMNS]
