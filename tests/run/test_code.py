"""Hashes of code change when it does, and not with comments, docstrings or formatting."""

import ast
import hashlib
from pathlib import Path

import pytest

from spikebench.run.code import Import, canonical, code_of
from spikebench.run.sources import LIBRARY

CODE = """\
\"\"\"What it is.\"\"\"

# why
def f(x: int = 1) -> int:
    \"\"\"What it does.\"\"\"
    return x + 1


class A:
    \"\"\"What it stands for.\"\"\"

    a = None
"""
SAME = {
    "comment": CODE.replace("# why", "# because"),
    "docstring of the module": CODE.replace("What it is", "Something else"),
    "docstring of a function": CODE.replace("What it does", "Something else"),
    "docstring of a class": CODE.replace("What it stands for", "Something else"),
    "no docstring": CODE.replace('    """What it does."""\n', ""),
    "formatting": CODE.replace("x + 1", "(x\n    + 1)"),
    "quotes": CODE.replace('"""What it is."""', "'What it is.'"),
}
OTHER = {
    "number": CODE.replace("x + 1", "x + 2"),
    "type of a number": CODE.replace("x + 1", "x + 1.0"),
    "name": CODE.replace("x", "y"),
    "default": CODE.replace("= 1", "= 2"),
    "string": CODE + 'A = "text"\n',
    "place": CODE.replace("\n    a = None", "\na = None"),
    "order": "def f(): pass\n" + CODE,
    "None": CODE.replace("None", "0"),
}


def digest(folder: Path, content: str | bytes, name: str = "a.py") -> str:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return code_of(folder / name).sha256


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_what_no_interpreter_sees_changes_no_hash(tmp_path, text):
    assert digest(tmp_path, text) == digest(tmp_path, CODE)


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER)
def test_every_change_of_code_changes_the_hash(tmp_path, text):
    assert digest(tmp_path, text) != digest(tmp_path, CODE)


def test_trees_are_told_apart_as_ast_dump_does():
    """Each pair of constructs of the library that `ast.dump` tells apart has other words."""
    nodes = {
        ast.dump(node): canonical(ast.Module([ast.Pass(), node], []))[0]
        for file in (LIBRARY / "run").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.stmt) and not isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    assert len(nodes) > 200
    assert len(set(nodes.values())) == len(nodes)


def test_comments_of_c_change_no_hash(tmp_path):
    plain = digest(tmp_path, "int f(int x) { return x; }", "a.c")
    assert digest(tmp_path, "/* why */ int f(int x) // what\n{ return x; }", "a.c") == plain
    assert digest(tmp_path, "int f(int x) { return x + 1; }", "a.c") != plain


@pytest.mark.parametrize(
    "content", [b"def f(:", b"a = '\xff'", b"a = 1\x00", b"# coding: nonsense\n", b"(" * 10_000]
)
def test_what_is_no_python_is_hashed_as_it_stands(tmp_path, content):
    assert digest(tmp_path, content) == hashlib.sha256(content).hexdigest()


def test_imports_are_found_wherever_they_stand(tmp_path):
    text = "import a.b\nfrom c import d as e\ndef f():\n    if f:\n        from g import h, i\n"
    (tmp_path / "a.py").write_text(text)
    assert set(code_of(tmp_path / "a.py").imports) == {
        Import("a.b", "", "a.b", outside=True),
        Import("c", "d", "e", outside=True),
        Import("g", "h", "h", outside=False),
        Import("g", "i", "i", outside=False),
    }


def test_a_long_sum_is_hashed(tmp_path):
    assert digest(tmp_path, "a = " + "+".join("1" * 900))
