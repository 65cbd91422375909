"""The dictionary of columns: as rows for a CSV, and as docs/columns.md.

python -m spikebench.results.document > docs/columns.md
"""

import sys
from collections.abc import Iterator

from spikebench.results.columns.every import TABLES
from spikebench.results.columns.field import Field, Table

HEAD = """# Columns of the result tables

Written by `python -m spikebench.results.document` from `spikebench/results/columns/`, where every
column is declared once. A run's tables are Parquet files; the same dictionary lies beside its
tables for papers as `columns.csv`.

**Volatile** columns say how a number came about on one machine and stay out of the table id. A
column that may be **missing** has no value in some rows. **Images to leaderboard** says what the
leaderboard keeps of a column when it takes all images of a row together.
"""
TITLES = ("Column", "Type", "Unit", "Meaning", "From", "Notes")


def dictionary() -> Iterator[dict[str, str]]:
    """Yield a row for each column of each table, all values as text."""
    for table in TABLES.values():
        for field in table.fields:
            yield {
                "table": table.name,
                "column": field.name,
                "type": field.kind,
                "unit": field.unit,
                "meaning": field.meaning,
                "from": field.source,
                "stable": "yes" if field.stable else "no",
                "missing": "may be" if field.nullable else "never",
                "over_images": field.over_images,
                "key": "yes" if field.name in table.keys else "no",
                "shown_as": field.shown.title if field.shown else "",
                "better": field.shown.better if field.shown else "",
            }


def document() -> str:
    """Return docs/columns.md."""
    return "\n".join([HEAD, *map(_section, TABLES.values())])


def _section(table: Table) -> str:
    rows = [TITLES, ("---",) * len(TITLES), *map(_row, table.fields)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    keys = f" Sorted by {', '.join(f'`{key}`' for key in table.keys)}." if table.keys else ""
    return "\n".join(
        [f"## `{table.name}.parquet`", "", f"One row: {table.rows}.{keys}", "", *lines, ""]
    )


def _row(field: Field) -> tuple[str, ...]:
    notes = [
        *(["volatile"] if not field.stable else []),
        *(["may be missing"] if field.nullable else []),
        *([f"images to leaderboard: {field.over_images}"] if field.over_images else []),
        *([f"on the page: {field.shown.title}"] if field.shown else []),
    ]
    texts = (f"`{field.name}`", field.kind, field.unit, field.meaning, field.source)
    return (*(text.replace("|", r"\|") for text in texts), "; ".join(notes))


if __name__ == "__main__":
    sys.stdout.write(document())
