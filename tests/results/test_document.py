"""The dictionary of columns holds every column, and the committed page is in step with it."""

from pathlib import Path

from spikebench.results.columns.every import TABLES
from spikebench.results.document import dictionary, document


def test_the_committed_page_is_what_the_declarations_say():
    committed = Path("docs/columns.md").read_text(encoding="utf-8")
    again = "Write it anew: python -m spikebench.results.document > docs/columns.md"
    assert committed == document(), again


def test_the_dictionary_has_a_row_for_each_column_of_each_table():
    rows = list(dictionary())
    found = [(row["table"], row["column"]) for row in rows]
    assert found == [(table.name, name) for table in TABLES.values() for name in table.names]
    (psnr,) = (row for row in rows if (row["table"], row["column"]) == ("images", "psnr"))
    assert (psnr["unit"], psnr["over_images"], psnr["better"]) == ("dB", "finite mean", "higher")
    (seconds,) = (r for r in rows if (r["table"], r["column"]) == ("images", "seconds"))
    assert (seconds["stable"], seconds["key"]) == ("no", "no")
