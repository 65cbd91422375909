"""What the page says about the hashes of a set."""

from spikebench.data.pins import pin_statement
from tests.data.conftest import file_entry


def unpinned(name: str) -> dict:
    return file_entry(name, bytes=None, sha256=None)


def test_a_set_with_every_hash_is_fully_pinned(spec):
    assert pin_statement(spec(), spec(), provided=False).startswith("Fully pinned")


def test_files_without_a_pin_are_counted(spec):
    listed = spec(files=[file_entry("a"), unpinned("b")])
    assert "1 of 2 files have a fixed SHA-256" in pin_statement(listed, spec(), provided=False)


def test_a_part_may_be_fully_pinned(spec):
    listed = spec(files=[file_entry("a"), unpinned("b")])
    part = spec(files=[file_entry("a")], images=2)
    assert pin_statement(listed, part, provided=False).startswith("Fully pinned")


def test_provided_files_are_compared_with_the_pins(spec):
    mine = spec(files=[file_entry("a"), file_entry("b", sha256="f" * 64)])
    assert pin_statement(spec(), mine, provided=True) == (
        "Provided by whoever made this run; 1 of 2 files are the pinned ones."
    )
