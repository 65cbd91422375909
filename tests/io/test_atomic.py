import pytest

from spikebench.io.atomic import atomic_path


def test_a_file_appears_whole_with_its_folder(tmp_path):
    path = tmp_path / "new/folder/x.txt"
    with atomic_path(path) as temporary:
        assert temporary.parent == path.parent  # a rename must not cross file systems
        temporary.write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


def test_an_exception_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), atomic_path(path) as temporary:
        temporary.write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_exception_leaves_no_new_file(tmp_path):
    with pytest.raises(ValueError), atomic_path(tmp_path / "x.txt"):
        raise ValueError
    assert list(tmp_path.iterdir()) == []


def test_two_writers_do_not_share_a_temporary_file(tmp_path):
    with atomic_path(tmp_path / "x") as first, atomic_path(tmp_path / "x") as second:
        assert first != second
        first.write_text("1")
        second.write_text("2")
    assert (tmp_path / "x").read_text() == "1"  # the one that ends last


def test_others_may_read_the_file(tmp_path):
    with atomic_path(tmp_path / "x"):
        pass
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o644
