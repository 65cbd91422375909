"""What readers are told of a single row: the configuration's remark, and what its method does."""

import pandas as pd

from spikebench.results.frames import records


def remarks(methods: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return label, name and remark of the rows of methods.parquet that bear one, in its order."""
    said = records(methods[methods["remark"].notna()])
    return [(row["method"], row["name"], row["remark"]) for row in said]


def notes(methods: pd.DataFrame) -> dict[str, str]:
    """Return by label what the column Notes says: the remark, if any, then what the method does."""
    said = {label: f"{remark} " for label, _, remark in remarks(methods)}
    return {row["method"]: said.get(row["method"], "") + row["summary"] for row in records(methods)}
