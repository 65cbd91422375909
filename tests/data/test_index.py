"""The index of a fetched set is what `load_dataset` reads back; the hash and the pins of a set."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikebench.data.entry import FileEntry
from spikebench.data.images import pixel_sha256
from spikebench.data.index import dataset_sha256, indexed, pin_statement, write_index
from spikebench.data.registry import load_dataset
from spikebench.errors import BenchError
from spikebench.io.checksums import file_sha256
from tests.data.conftest import file_entry

HASH = st.text("0123456789abcdef", min_size=64, max_size=64)
PINS = st.one_of(
    st.fixed_dictionaries({"bytes": st.integers(1, 10**12), "sha256": HASH}), st.just({})
)
PATH = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1)
SOURCE = st.one_of(
    st.builds(lambda path, pins: {"member": path} | pins, PATH, PINS),
    st.builds(lambda path, pins: {"url": f"https://x.org/{path}"} | pins, PATH, PINS),
    st.builds(
        lambda top, side, sha256: {
            "photograph": "a.png", "top": top, "side": side, "sha256": sha256
        },
        st.integers(0, 999),
        st.integers(1, 999),
        HASH,
    ),
)  # fmt: skip
ENTRY = st.builds(
    lambda source, **keys: FileEntry(**source, **keys),
    SOURCE,
    name=st.from_regex(r"[A-Za-z0-9_.-]+", fullmatch=True),
    role=st.sampled_from(["target", "degraded"]),
    scale=st.sampled_from([None, 2, 3, 4]),
    pixels=st.none() | HASH,
)


@given(files=st.lists(ENTRY, max_size=4))
@settings(max_examples=40)
def test_the_index_is_read_back_as_it_was_written(files):
    with TemporaryDirectory() as folder:
        write_index(files, Path(folder))
        assert load_dataset("set5", fetched=Path(folder)).files == files


@pytest.fixture
def picture(tmp_path, write_pixels) -> np.ndarray:
    return write_pixels(tmp_path / "target/a.png", np.arange(64, dtype=np.uint8).reshape(8, 8))


def test_a_clean_image_is_indexed_with_size_and_both_hashes(tmp_path, picture):
    file = tmp_path / "target/a.png"
    found = indexed(FileEntry(**file_entry("a")), tmp_path)
    assert (found.bytes, found.sha256) == (file.stat().st_size, file_sha256(file))
    assert found.pixels == pixel_sha256(picture)


def test_a_crop_keeps_the_hash_of_its_pixels(tmp_path, picture):
    crop = FileEntry(name="a", role="target", photograph="a.png", side=8, sha256="0" * 64)
    found = indexed(crop, tmp_path)
    assert (found.sha256, found.bytes) == ("0" * 64, None)
    assert found.pixels == pixel_sha256(picture)


def test_the_pixels_of_an_input_are_not_hashed(tmp_path, write_pixels):
    write_pixels(tmp_path / "degraded/a.png", np.zeros((8, 8), dtype=np.uint8))
    assert indexed(FileEntry(**file_entry("a", role="degraded")), tmp_path).pixels is None


@pytest.mark.parametrize("role", ["target", "degraded"])
def test_a_file_that_cannot_be_decoded_is_refused(tmp_path, role):
    (tmp_path / role).mkdir()
    (tmp_path / role / "a.png").write_bytes(b"no image")
    with pytest.raises(BenchError, match=rf"{role}/a\.png cannot be decoded"):
        indexed(FileEntry(**file_entry("a", role=role)), tmp_path)


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
