"""Frames of pandas as rows, whose columns have names."""

from typing import Any

import pandas as pd


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame, each by column name."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def named(values: pd.Series) -> dict[str, Any]:
    """Return the values of a series by the names of its index."""
    return {str(name): value for name, value in values.to_dict().items()}
