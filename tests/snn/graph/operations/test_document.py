"""The committed page of operations is in step with the table."""

from pathlib import Path

from spikebench.snn.graph.operations.document import document
from spikebench.snn.graph.operations.table import OPERATIONS


def test_the_committed_page_is_what_the_table_says():
    committed = Path("docs/operations.md").read_text(encoding="utf-8")
    again = "python -m spikebench.snn.graph.operations.document > docs/operations.md"
    assert committed == document(), f"Write it anew: {again}"


def test_every_operation_is_on_the_page():
    page = document()
    assert all(f"| {entry.name} | " in page for entry in OPERATIONS)
