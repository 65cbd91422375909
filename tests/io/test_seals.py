"""Any change of a sealed output is seen and named, and its rule gets to run again."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikebench.errors import BenchError
from spikebench.io.seals import awaited, damage, refuse_damage, seal, seal_of, set_aside

CONTENT = bytes(range(256))


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "a.parquet"
    path.write_bytes(CONTENT)
    seal(path)
    return path


@pytest.fixture
def folder(tmp_path) -> Path:
    path = tmp_path / "set"
    for name in ("index.csv", "target/a.png", "target/b.png"):
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(name.encode())
    seal(path)
    return path


def test_what_was_not_touched_is_whole(file, folder):
    assert damage(file) == damage(folder) == []
    refuse_damage([file, folder])


def test_sha256sum_says_the_same(file, folder):
    for output in (file, folder):
        command = ["sha256sum", "--check", "--strict", seal_of(output).name]
        subprocess.run(command, cwd=output.parent, check=True, capture_output=True)


def test_what_has_no_seal_is_taken_as_it_is(tmp_path):
    (tmp_path / "x").touch()
    assert damage(tmp_path / "x") == []


@given(place=st.integers(0, 255), bit=st.integers(0, 7), length=st.integers(0, 255))
def test_a_flipped_bit_and_a_lost_end_are_seen(tmp_path_factory, place, bit, length):
    path = tmp_path_factory.mktemp("seal") / "x"
    path.write_bytes(CONTENT)
    seal(path)
    flipped = bytearray(CONTENT)
    flipped[place] ^= 1 << bit
    for damaged in (bytes(flipped), CONTENT[:length]):
        path.write_bytes(damaged)
        assert damage(path) == [path]


def test_the_damaged_file_of_a_folder_is_named(folder):
    (folder / "target/a.png").write_bytes(b"")
    (folder / "target/b.png").unlink()
    assert damage(folder) == [folder / "target/a.png", folder / "target/b.png"]
    with pytest.raises(BenchError, match=r"Damaged since it was written: .*target/a\.png, "):
        refuse_damage([folder])


@given(garbage=st.binary(max_size=100))
def test_a_damaged_seal_is_damage(tmp_path_factory, garbage):
    path = tmp_path_factory.mktemp("seal") / "x"
    path.write_bytes(CONTENT)
    seal_of(path).write_bytes(garbage)
    assert damage(path) in ([seal_of(path)], [path])


def test_a_seal_speaks_of_its_own_output_alone(file, tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"")
    seal(other)
    seal_of(file).write_text(seal_of(other).read_text())
    assert damage(file) == [seal_of(file)]


def test_damaged_outputs_are_set_aside_and_named(file, folder, tmp_path):
    file.write_bytes(b"")
    (folder / "index.csv").write_bytes(b"")
    assert awaited([tmp_path]) == []
    assert list(set_aside([tmp_path])) == [(file, [file]), (folder, [folder / "index.csv"])]
    assert awaited([tmp_path]) == [file, folder]
    assert not (file.exists() or folder.exists() or seal_of(file).exists())
    assert (tmp_path / "set.damaged/target/a.png").is_file()
    assert list(set_aside([tmp_path])) == []
    file.touch()
    assert awaited([tmp_path]) == [folder]


def test_the_last_damaged_output_is_kept(file, folder, tmp_path):
    for _ in range(2):
        (folder / "index.csv").write_bytes(b"")
        assert len(list(set_aside([tmp_path]))) == 1
        (folder / "target").mkdir(parents=True)
        (folder / "index.csv").write_bytes(b"whole")
        seal(folder)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == [
        "set",
        "set.damaged",
    ]
