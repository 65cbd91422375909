import hashlib

import pytest

from spikebench.data.hashing import dataset_sha256
from tests.data.conftest import file_entry


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "target").mkdir()
    (tmp_path / "target/a.png").write_bytes(b"A")
    (tmp_path / "target/b.png").write_bytes(b"B")
    return tmp_path


def test_it_is_the_hash_of_a_sha256sum_listing(folder, spec):
    lines = [
        f"{hashlib.sha256(c).hexdigest()}  target/{n}.png" for n, c in [("a", b"A"), ("b", b"B")]
    ]
    expected = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert dataset_sha256(spec(), folder) == expected


def test_it_does_not_depend_on_the_order_of_the_list_or_on_other_files(folder, spec):
    before = dataset_sha256(spec(), folder)
    (folder / "target/c.png").write_bytes(b"C")
    assert dataset_sha256(spec(files=[file_entry("b"), file_entry("a")]), folder) == before


def test_it_changes_with_a_byte_and_with_a_name(folder, spec):
    before = dataset_sha256(spec(), folder)
    (folder / "target/c.png").write_bytes(b"B")
    renamed = dataset_sha256(spec(files=[file_entry("a"), file_entry("c")]), folder)
    (folder / "target/b.png").write_bytes(b"b")
    assert len({before, renamed, dataset_sha256(spec(), folder)}) == 3
