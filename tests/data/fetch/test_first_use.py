"""Hashes recorded at first use."""

import csv
from concurrent.futures import ThreadPoolExecutor

import pytest

from spikebench.data.fetch.first_use import FILE, record, recorded
from spikebench.errors import BenchError

URL = "https://example.org/b.zip"
HASH = "ab" * 32


def test_what_is_recorded_is_found_again(alone):
    assert recorded(URL) is None
    record(URL, 5, HASH)
    record(URL, 5, HASH)  # the same once more is no change
    assert recorded(URL) == (5, HASH)
    assert recorded("https://example.org/other") is None


def test_the_lines_are_sorted_by_address(alone):
    for name in ("b", "c", "a,b"):
        record(f"https://x.org/{name}", 1, HASH)
    with FILE.open(newline="") as stream:
        addresses = [row[0] for row in csv.reader(stream)]
    assert addresses == ["url", "https://x.org/a,b", "https://x.org/b", "https://x.org/c"]


@pytest.mark.parametrize(("size", "sha256"), [(6, HASH), (5, "cd" * 32)])
def test_a_change_is_refused_until_the_line_is_deleted(alone, size, sha256):
    record(URL, 5, HASH)
    with pytest.raises(BenchError) as caught:
        record(URL, size, sha256)
    message = str(caught.value)
    assert f"{URL} has {size} bytes and SHA-256 {sha256}" in message
    assert f"expected 5 bytes and {HASH}" in message and "delete the line" in message
    assert recorded(URL) == (5, HASH)
    FILE.write_text(FILE.read_text().splitlines()[0] + "\n")
    record(URL, size, sha256)
    assert recorded(URL) == (size, sha256)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", 0),
        ("url,sha256\n", 1),
        (f"url,bytes,sha256\n{URL},5\n", 2),
        (f"url,bytes,sha256\n{URL},5,{HASH},more\n", 2),
        (f"url,bytes,sha256\n{URL},five,{HASH}\n", 2),
        (f"url,bytes,sha256\n{URL},5,{HASH[:9]}\n", 2),
        (f"url,bytes,sha256\n{URL},5,{HASH}\n{URL},5,{HASH}\n", 3),
        (f'url,bytes,sha256\n"{URL},5,{HASH}\n', 2),
    ],
)
def test_a_damaged_record_is_refused_and_kept(alone, content, line):
    FILE.parent.mkdir()
    FILE.write_text(content)
    for act in (lambda: recorded(URL), lambda: record(URL, 5, HASH)):
        with pytest.raises(BenchError, match=rf"first_use\.csv, line {line}, is damaged.*Mend"):
            act()
    assert FILE.read_text() == content


def test_many_at_once_are_all_recorded(alone):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: record(f"https://x.org/{n}", n, HASH), range(1, 25)))
    assert [recorded(f"https://x.org/{n}") for n in range(1, 25)] == [
        (n, HASH) for n in range(1, 25)
    ]
