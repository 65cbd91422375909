"""Hashes are of code: they change when it does, and not with comments, docstrings or formatting."""

from pathlib import Path

import pytest

from spikebench.run.sources import (
    LIBRARY,
    Stage,
    code_sha256,
    list_sources,
    method_hash,
    method_sources,
    sources_hash,
    stage_sources,
)

CODE = """\
\"\"\"What it is.\"\"\"

# why
def f(x: int = 1) -> int:
    \"\"\"What it does.\"\"\"
    return x + 1
"""
SAME = {
    "comment": CODE.replace("# why", "# because"),
    "docstring": CODE.replace("What it does", "Something else"),
    "no docstring": CODE.replace('    """What it does."""\n', ""),
    "formatting": CODE.replace("x + 1", "(x\n    + 1)"),
}
OTHER = {
    "number": CODE.replace("x + 1", "x + 2"),
    "name": CODE.replace("x", "y"),
    "default": CODE.replace("= 1", "= 2"),
    "string": CODE + 'A = "text"\n',
}


def digest(folder: Path, text: str, name: str = "a.py") -> str:
    (folder / name).write_text(text)
    return code_sha256(folder / name)


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_what_no_interpreter_sees_changes_no_hash(tmp_path, text):
    assert digest(tmp_path, text) == digest(tmp_path, CODE)


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER)
def test_every_change_of_code_changes_the_hash(tmp_path, text):
    assert digest(tmp_path, text) != digest(tmp_path, CODE)


def test_comments_of_c_change_no_hash(tmp_path):
    plain = digest(tmp_path, "int f(int x) { return x; }", "a.c")
    assert digest(tmp_path, "/* why */ int f(int x) // what\n{ return x; }", "a.c") == plain
    assert digest(tmp_path, "int f(int x) { return x + 1; }", "a.c") != plain


def test_the_hash_of_sources_sees_names_and_not_their_order():
    files = stage_sources(Stage.ENERGY)
    assert sources_hash(reversed(files)) == sources_hash(files)
    assert sources_hash(files[1:]) != sources_hash(files)


def test_a_list_of_sources_is_written_anew_when_one_of_them_changed(tmp_path):
    (tmp_path / "a.py").write_text("a = 1")
    listed = list_sources([tmp_path / "a.py"], tmp_path / "lists/energy.txt")
    before = listed.read_text()
    stamp = listed.stat().st_mtime_ns
    (tmp_path / "a.py").write_text("a = 1  # one")
    assert list_sources([tmp_path / "a.py"], listed).stat().st_mtime_ns == stamp
    (tmp_path / "a.py").write_text("a = 2")
    assert list_sources([tmp_path / "a.py"], listed).read_text() != before


@pytest.mark.parametrize("stage", Stage)
def test_a_stage_has_a_module_and_a_script(stage):
    assert stage.module in stage_sources(stage)
    assert (LIBRARY.parent / f"workflow/scripts/{stage}.py").is_file()


def test_a_method_depends_on_its_own_blocks_alone():
    blocks = {
        method: {
            file.name
            for file in method_sources(Path(f"methods/{method}.py"))
            if file.parent.name == "toolbox"
        }
        for method in ("max_norm", "srp", "cos")
    }
    assert blocks == {"max_norm": set(), "srp": {"presimulation.py"}, "cos": {"rehearsal.py"}}


def test_the_hash_of_a_method_does_not_depend_on_where_its_file_lies(tmp_path):
    text = Path("methods/burst.py").read_text()
    (tmp_path / "burst.py").write_text(text + "\n# mine\n")
    assert method_hash(tmp_path / "burst.py") == method_hash(Path("methods/burst.py"))


def test_the_numbers_depend_on_neither_fetching_nor_pages_nor_training():
    rooms = {file.relative_to(LIBRARY).parts[0] for file in stage_sources(Stage.EVALUATE)}
    assert not rooms & {"report", "release", "training", "conformance", "analysis", "energy"}
    assert not any("fetch" in file.parts for file in stage_sources(Stage.EVALUATE))
