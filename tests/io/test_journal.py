"""Records survive any interruption, and no damaged or foreign one is ever read."""

import math
import resource

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikebench.io.disk import DiskError
from spikebench.io.journal import Journal, remove_journals

RECORDS = {"a": {"psnr": 0.1 + 0.2, "rows": [1, "x", None]}, "b": [], "c": math.inf}


@pytest.fixture(scope="module")
def content(tmp_path_factory) -> bytes:
    """A journal's bytes after three records."""
    journal = Journal(tmp_path_factory.mktemp("journal") / "j", "key")
    for name, record in RECORDS.items():
        journal.add(name, record)
    return journal.file.read_bytes()


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("damaged") / "deep/j"


def written(file, content: bytes):
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    return file


def test_nothing_is_finished_at_first_and_no_file_is_made(tmp_path):
    assert Journal(tmp_path / "new/j", "key").finished == {}
    assert list(tmp_path.iterdir()) == []


def test_what_was_added_is_finished_next_time(file, content):
    assert Journal(written(file, content), "key").finished == RECORDS
    assert file.read_bytes() == content


@given(number=st.floats(allow_nan=False))
def test_a_number_comes_back_to_the_last_bit(file, number):
    file.unlink(missing_ok=True)
    Journal(file, "key").add("x", number)
    found = Journal(file, "key").finished["x"]
    assert (found, math.copysign(1, found)) == (number, math.copysign(1, number))


def test_another_key_finds_nothing(file, content):
    assert Journal(written(file, content), "other").finished == {}
    assert file.read_bytes() == b""


@given(end=st.integers(0, 400))
def test_a_record_that_was_cut_off_is_left_out_and_can_be_made_again(file, content, end):
    cut = content[:end]
    found = Journal(written(file, cut), "key")
    assert found.finished.items() <= RECORDS.items()
    assert len(found.finished) >= cut.count(b"\n")
    for name in RECORDS.keys() - found.finished.keys():
        found.add(name, RECORDS[name])
    assert Journal(file, "key").finished == RECORDS


@given(place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_flipped_bit_costs_its_record_and_changes_none(file, content, place, bit):
    damaged = bytearray(content)
    damaged[place % len(content)] ^= 1 << bit
    found = Journal(written(file, bytes(damaged)), "key").finished
    assert found.items() <= RECORDS.items()
    assert len(found) >= len(RECORDS) - 2  # two where a line break was hit


@given(garbage=st.binary(max_size=200))
def test_garbage_is_no_record(file, garbage):
    assert Journal(written(file, garbage), "key").finished == {}


def test_the_disk_is_waited_for_now_and_then(tmp_path, monkeypatch):
    now, waits = [0.0], []
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("os.fsync", waits.append)
    journal = Journal(tmp_path / "j", "key")
    for second in range(13):
        now[0] = float(second)
        journal.add(str(second), second)
    assert len(waits) == 2


def test_a_full_disk_is_said(tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    journal = Journal(tmp_path / "j", "key")
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(DiskError, match=r"disk is full: j needs more bytes in"):
            for number in range(100):
                journal.add(str(number), number)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    found = Journal(tmp_path / "j", "key").finished
    assert found and found == {str(number): number for number in range(len(found))}


def test_a_part_is_read_and_left_as_it_is(tmp_path, content):
    part = written(tmp_path / "parts/a", content + b"cut o")
    journal = Journal(tmp_path / "j", "key", [part])
    journal.add("d", 4)
    assert journal.finished == {**RECORDS, "d": 4}
    assert part.read_bytes() == content + b"cut o"
    assert Journal(tmp_path / "j", "key").finished == {"d": 4}
    assert Journal(tmp_path / "other", "other", [part]).finished == {}


@pytest.mark.parametrize("names", [[], ["a"], ["a", "b"]])
def test_what_is_handed_over_is_a_part(tmp_path, names):
    journal = Journal(tmp_path / "j", "key")
    for name in names:
        journal.add(name, RECORDS[name])
    journal.hand_over(tmp_path / "part")
    found = Journal(tmp_path / "k", "key", [tmp_path / "part"]).finished
    assert found == {name: RECORDS[name] for name in names}


def test_the_journals_of_a_cell_are_removed_and_nothing_else(tmp_path):
    for name in ("journal.jsonl", "part0-3.journal.jsonl", "part0-3.jsonl", "images.parquet"):
        written(tmp_path / "cell" / name, b"x")
    remove_journals(tmp_path / "cell")
    assert sorted(f.name for f in (tmp_path / "cell").iterdir()) == [
        "images.parquet",
        "part0-3.jsonl",
    ]
