"""Zip and tar files, good ones and those made to do harm."""

import io
import shutil
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from spikebench.data.fetch import archive as module
from spikebench.data.fetch.archive import extract, member_paths
from spikebench.errors import BenchError
from spikebench.io.disk import DiskError

FILES = {"set/a.png": b"A" * 1000, "set/deep/b.png": b"B"}
KINDS = ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz"]


def packed(file: Path, members: dict[str, bytes]) -> Path:
    """Write an archive of the kind that its name says."""
    if file.suffix == ".zip":
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name, content in members.items():
                bundle.writestr(name, content)
        return file
    kind = file.suffix.removeprefix(".").replace("tar", "")
    with tarfile.open(file, f"w:{kind}") as bundle:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            bundle.addfile(info, io.BytesIO(content))
    return file


@pytest.fixture
def everything(alone, tmp_path):
    """The paths of all files below the test's folder, the working directory."""
    return lambda: {file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*")}


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_is_wanted_is_written_and_only_there(tmp_path, everything, kind):
    archive = packed(tmp_path / f"a.{kind}", {"set/": b"", **FILES} if kind == "zip" else FILES)
    assert member_paths(archive) == list(FILES)
    extract(archive, {"set/a.png": tmp_path / "out/one.png"})
    assert (tmp_path / "out/one.png").read_bytes() == FILES["set/a.png"]
    assert everything() == {archive.name, "out", "out/one.png"}


def test_the_kind_is_seen_from_the_content_not_from_the_name(tmp_path):
    archive = packed(tmp_path / "a.tar.gz", FILES).rename(tmp_path / "a.zip")
    assert member_paths(archive) == list(FILES)


@pytest.mark.parametrize("name", ["./set/a.png", "set\\a.png", "set//a.png"])
def test_paths_are_written_with_single_slashes(tmp_path, name):
    archive = packed(tmp_path / "a.zip", {name: b"A"})
    extract(archive, {"set/a.png": tmp_path / "a.png"})
    assert member_paths(archive) == ["set/a.png"]
    assert (tmp_path / "a.png").read_bytes() == b"A"


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
@pytest.mark.parametrize(
    "name", ["../evil", "set/../../evil", "/tmp/evil", "..\\evil", "C:\\evil", "c:evil"]
)
def test_a_path_that_leads_out_is_refused(tmp_path, everything, kind, name):
    archive = packed(tmp_path / f"a.{kind}", {**FILES, name: b"evil"})
    for act in (member_paths, lambda file: extract(file, {"../evil": tmp_path / "x"})):
        with pytest.raises(BenchError, match=r"a\..* holds '.*evil', a path that leads out of it"):
            act(archive)
    assert everything() == {archive.name}


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]
)
def test_links_and_devices_of_a_tar_file_are_passed_over(tmp_path, everything, kind):
    archive = packed(tmp_path / "a.tar", FILES)
    with tarfile.open(archive, "a") as bundle:
        info = tarfile.TarInfo("set/c.png")
        info.type, info.linkname = kind, "/etc/passwd"
        bundle.addfile(info)
    assert member_paths(archive) == list(FILES)
    extract(archive, {"set/c.png": tmp_path / "c.png"})
    assert everything() == {"a.tar"}


def test_links_of_a_zip_file_are_passed_over(tmp_path, everything):
    archive = packed(tmp_path / "a.zip", FILES)
    with zipfile.ZipFile(archive, "a") as bundle:
        link = zipfile.ZipInfo("set/c.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        bundle.writestr(link, "/etc/passwd")
    assert member_paths(archive) == list(FILES)
    extract(archive, {"set/c.png": tmp_path / "c.png"})
    assert everything() == {"a.zip"}


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-600])


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[60:90] = bytes(30)
    file.write_bytes(content)


@pytest.mark.parametrize("harm", [cut_off, damage, lambda file: file.write_bytes(b"<html>")])
@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.xz"])
def test_a_damaged_archive_is_named(tmp_path, kind, harm):
    noise = bytes(i * i % 251 for i in range(4000))
    archive = packed(tmp_path / f"a.{kind}", {"a": noise, "b": noise[::-1]})
    harm(archive)
    with pytest.raises(BenchError, match=r"a\.\S+ cannot be read as a zip or tar file: "):
        extract(archive, {"a": tmp_path / "a", "b": tmp_path / "b"})
    assert not (tmp_path / "b").exists()


def test_an_encrypted_archive_is_said_to_be_so(tmp_path):
    archive = packed(tmp_path / "a.zip", FILES)
    content = bytearray(archive.read_bytes())
    content[content.index(b"PK\1\2") + 8] |= 1  # the flag of the first member in the directory
    archive.write_bytes(content)
    with pytest.raises(BenchError, match=r"a\.zip is encrypted"):
        member_paths(archive)


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    archive = packed(tmp_path / "a.zip", {"a.png": bytes(1 << 20)})
    assert member_paths(archive) == ["a.png"]
    monkeypatch.setattr(module, "SMALL", 1000)
    with pytest.raises(BenchError, match=r"a\.png would unpack to 1048576 bytes from"):
        member_paths(archive)


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_more_than_the_limit_is_not_unpacked(tmp_path, monkeypatch, kind):
    archive = packed(tmp_path / f"a.{kind}", FILES)
    monkeypatch.setattr(module, "LIMIT", 1001)
    assert member_paths(archive) == list(FILES)
    monkeypatch.setattr(module, "LIMIT", 1000)
    with pytest.raises(BenchError, match="holds more than 1000 bytes"):
        extract(archive, {"set/deep/b.png": tmp_path / "b"})
    assert not (tmp_path / "b").exists()


def test_a_full_disk_is_no_damage(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    archive = packed(tmp_path / "a.zip", FILES)
    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(DiskError, match=r"disk is full: x\.png needs 1000 bytes in .*out"):
        extract(archive, {"set/a.png": tmp_path / "out/x.png"})
    assert list((tmp_path / "out").iterdir()) == []
