"""A work folder has what a checkout has, as links, and keeps what is its own."""

import shutil
from pathlib import Path

import pytest

from spikebench.errors import BenchError
from spikebench.io.workfolder import link_checkout


def write(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(file.name)


@pytest.fixture
def checkout(tmp_path) -> Path:
    root = tmp_path / "checkout"
    names = ["datasets/set5/dataset.yaml", "backbones/net.yaml", "backbones/net.py"]
    names += ["backbones/weights/net.safetensors", "methods/burst.py", "config/default.yaml"]
    names += ["docs/references.bib", "methods/__pycache__/x.pyc", "docs/other.md"]
    write(*(root / name for name in names))
    return root


@pytest.fixture
def work(tmp_path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def test_everything_that_a_run_reads_is_there(checkout, work):
    assert link_checkout(checkout, work) == 7
    for name in ("datasets/set5/dataset.yaml", "backbones/weights/net.safetensors"):
        assert (work / name).read_text() == Path(name).name
        assert (work / name).resolve() == checkout / name
    assert (work / "config/default.yaml").is_file() and (work / "docs/references.bib").is_file()
    assert not (work / "docs/other.md").exists() and not (work / "methods/__pycache__").exists()
    assert link_checkout(checkout, work) == 0


def test_in_the_checkout_nothing_happens(checkout, tmp_path):
    (tmp_path / "link").symlink_to(checkout)
    before = sorted(checkout.rglob("*"))
    assert link_checkout(checkout, checkout) == link_checkout(tmp_path / "link", checkout) == 0
    assert sorted(checkout.rglob("*")) == before


def test_own_entries_stand_beside_the_links_and_are_kept(checkout, work):
    mine = work / "datasets/mine/dataset.yaml"
    own_works = work / "docs/references.bib"
    write(mine, own_works)
    own_works.write_text("@misc{mine}")
    assert link_checkout(checkout, work) == 6
    assert mine.read_text() == "dataset.yaml" and own_works.read_text() == "@misc{mine}"
    assert (work / "datasets/set5").is_symlink()


def test_an_own_entry_never_takes_the_place_of_a_shipped_one(checkout, work):
    write(work / "methods/burst.py")
    with pytest.raises(BenchError, match=r"^methods/burst\.py: what this work folder, .*Rename"):
        link_checkout(checkout, work)
    assert not (work / "datasets").exists()


def test_what_left_the_checkout_leaves_the_folder(checkout, work):
    link_checkout(checkout, work)
    (work / "methods/own.py").symlink_to("/nowhere/own.py")
    (checkout / "methods/burst.py").unlink()
    write(checkout / "methods/new.py")
    assert link_checkout(checkout, work) == 1
    found = sorted(file.name for file in (work / "methods").iterdir())
    assert found == ["new.py", "own.py"]  # the user's own link is the user's


@pytest.mark.parametrize("gone", [True, False])
def test_links_follow_a_checkout_that_moved(checkout, work, tmp_path, gone):
    write(checkout / "workflow/Snakefile")
    link_checkout(checkout, work)
    other = tmp_path / "other"
    if gone:
        checkout.rename(other)
    else:
        shutil.copytree(checkout, other)
    assert link_checkout(other, work) == 7
    assert (work / "methods/burst.py").resolve() == other / "methods/burst.py"
    assert (work / "config/default.yaml").resolve() == other / "config/default.yaml"


def test_a_link_of_the_user_s_is_no_shipped_entry(checkout, work, tmp_path):
    write(tmp_path / "snn/methods/burst.py")
    (work / "methods").mkdir()
    (work / "methods/burst.py").symlink_to(tmp_path / "snn/methods/burst.py")
    with pytest.raises(BenchError, match=r"^methods/burst\.py: what this work folder"):
        link_checkout(checkout, work)


def test_a_folder_that_cannot_hold_links_is_named(checkout, work, monkeypatch):
    def refuse(*_):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    with pytest.raises(BenchError, match=r"work has to hold links into .*Choose another --direct"):
        link_checkout(checkout, work)
