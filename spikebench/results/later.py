"""Tables that were written before a column was declared: it is missing in all of their rows."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from spikebench.results.columns.field import Table


def fits(schema: pa.Schema, table: Table) -> bool:
    """Tell whether a file has a table's columns, but for such as were declared `later`."""
    there = set(schema.names)
    wanted = [f.arrow for f in table.fields if f.name in there or not f.later]
    return bool(schema.equals(pa.schema(wanted)))


def read_frame(file: Path, table: Table) -> pd.DataFrame:
    """Read a table, with its later columns missing where the file has none of them."""
    found = pq.read_table(file)
    for place, field in enumerate(table.fields):
        if field.later and field.name not in found.column_names:
            nothing = pa.nulls(found.num_rows, field.arrow.type)
            found = found.add_column(place, field.arrow, nothing)
    return found.to_pandas()
