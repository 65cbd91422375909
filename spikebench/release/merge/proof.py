"""The report of a reproduction as proof that two evaluators give the same numbers."""

import json
from pathlib import Path
from typing import Any

from spikebench.errors import BenchError
from spikebench.results.evaluators import ENOUGH

AND = " and "  # between the values of rows that differ, see `reproduce`
HOW = "Make it: spikebench reproduce RESULTS --any-evaluator --report FILE.json"


def read_proof(file: Path) -> list[dict[str, Any]]:
    """Return the rows of evaluators.parquet that a report of `spikebench reproduce` is worth.

    One for each evaluator of the table, all of which the same other one reproduced.

    Raises `BenchError` where it is no such report, where a cell was not equal, and where fewer than
    `ENOUGH` cells were computed.
    """
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        equal = [outcome["equal"] for outcome in told["outcomes"]]
        of_table = told["there"]["evaluator"].split(AND)
        other = (told["here"] or {}).get("evaluator", "")
        shown = {"other": other, "table": told["table"], "cells": len(equal), "date": told["date"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BenchError(f"{file} is no report of a reproduction as JSON. {HOW}") from error
    if not all(equal):
        raise BenchError(
            f"{file}: {equal.count(False)} of {len(equal)} cells are not equal, so that both "
            "evaluators give other numbers. Run one of the runs again with the other's sources."
        )
    if len(equal) < ENOUGH:
        raise BenchError(f"{file} has {len(equal)} cells. Expected: at least {ENOUGH}. {HOW}")
    return [{"one": one} | shown for one in of_table]
