import pytest

from spikebench.adding import write
from spikebench.adding.write import write_together
from spikebench.errors import BenchError


def test_nothing_is_replaced_unless_it_is_asked_for(tmp_path):
    (tmp_path / "b").write_text("old")
    texts = {tmp_path / "new/a": "1", tmp_path / "b": "2"}
    with pytest.raises(BenchError, match=r"There already: .*/b\. Choose .*--name, .*--force"):
        write_together(texts, force=False)
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    write_together(texts, force=True)
    assert (tmp_path / "new/a").read_text() + (tmp_path / "b").read_text() == "12"


def test_of_several_files_none_is_left_if_one_fails(tmp_path, monkeypatch):
    atomic_path, opened = write.atomic_path, []

    def failing(path):
        opened.append(path)
        if len(opened) == 3:
            raise OSError("no space")
        return atomic_path(path)

    monkeypatch.setattr(write, "atomic_path", failing)
    (tmp_path / "b").write_text("old")
    with pytest.raises(OSError, match="no space"):
        write_together({tmp_path / name: "new" for name in ("x/a", "b", "c")}, force=True)
    assert [path.name for path in tmp_path.rglob("*")] == ["b"]
    assert (tmp_path / "b").read_text() == "old"
