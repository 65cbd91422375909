"""Hashes change exactly when what they stand for changes."""

import ast
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikebench import provenance
from spikebench.provenance import LIBRARY

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, B.1

# What a stage imports that cannot change a number: checks, messages, names, the hashes themselves.
HARMLESS = {
    LIBRARY / f"{name}.py"
    for name in ("__init__", "errors", "provenance", "references", "script", "seals", "validation")
}


def test_file_sha256_of_the_standards_example(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")
    assert provenance.file_sha256(tmp_path / "abc") == ABC


@pytest.fixture
def tree(tmp_path):
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(name)
    return tmp_path


def test_sources_hash_ignores_order_and_place(tree, tmp_path_factory):
    files = sorted(tree.iterdir())
    moved = tmp_path_factory.mktemp("elsewhere")
    copies = [moved / file.name for file in files]
    for file, copied in zip(files, copies, strict=True):
        copied.write_bytes(file.read_bytes())
    expected = provenance.sources_hash(files, tree)
    assert provenance.sources_hash(reversed(files), tree) == expected
    assert provenance.sources_hash(copies, moved) == expected


@pytest.mark.parametrize("change", ["edit", "rename", "swap", "remove"])
def test_sources_hash_sees_every_change(tree, change):
    first, second = sorted(tree.iterdir())
    before = provenance.sources_hash([first, second], tree)
    match change:
        case "edit":
            second.write_text("b.py ")
        case "rename":
            second = second.rename(tree / "c.py")
        case "swap":
            first.write_text("b.py")
            second.write_text("a.py")
        case "remove":
            second = first
    assert provenance.sources_hash({first, second}, tree) != before


settings = st.dictionaries(st.text(), st.integers() | st.booleans() | st.text() | st.none())


@given(settings, st.randoms())
def test_config_hash_ignores_the_order_of_keys(data, random):
    keys = list(data)
    random.shuffle(keys)
    assert provenance.config_hash({key: data[key] for key in keys}) == provenance.config_hash(data)


def test_config_hash_tells_true_from_one():
    assert provenance.config_hash({"a": True}) != provenance.config_hash({"a": 1})


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_git_commit(tree):
    assert provenance.git_commit(tree) == "unknown"
    git(tree, "init", "-q")
    git(tree, "add", "a.py")
    git(tree, "commit", "-q", "-m", "first")
    commit = git(tree, "rev-parse", "HEAD")
    assert provenance.git_commit(tree) == commit  # b.py is not tracked
    (tree / "a.py").write_text("edited")
    assert provenance.git_commit(tree) == f"{commit}+dirty"


def imports(file: Path) -> set[Path]:
    """Return the library files that one file imports, read from its syntax tree."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("spikebench"):
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.startswith("spikebench")]
        else:
            continue
        found |= {module for name in names if (module := module_file(name))}
    return found


def module_file(name: str) -> Path | None:
    path = LIBRARY.parent.joinpath(*name.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def test_a_list_of_sources_is_written_anew_when_one_of_them_changed(tmp_path):
    root = tmp_path / "library"
    (root / "energy").mkdir(parents=True)
    (root / "energy/price.py").write_text("a = 1\n")
    (root / "files.py").write_text("")
    listed = provenance.list_sources("energy", tmp_path / "lists", root=root)
    digests = dict(line.split("  ")[::-1] for line in listed.read_text().splitlines())
    assert digests == {
        f"library/{name}": provenance.file_sha256(root / name)
        for name in ("energy/price.py", "files.py")
    }
    before = listed.stat().st_mtime_ns
    assert provenance.list_sources("energy", tmp_path / "lists", root=root) == listed
    assert listed.stat().st_mtime_ns == before
    (root / "energy/price.py").write_text("a = 2\n")
    provenance.list_sources("energy", tmp_path / "lists", root=root)
    assert digests["library/energy/price.py"] not in listed.read_text()


@pytest.mark.parametrize("stage", provenance.SOURCES)
def test_the_sources_of_a_stage_cover_what_its_script_imports(stage):
    todo = imports(LIBRARY.parent / f"workflow/scripts/{stage}.py")
    needed = set()
    while todo := todo - needed - HARMLESS:
        file = todo.pop()
        needed.add(file)
        todo |= imports(file)
    assert needed
    assert needed <= set(provenance.source_files(stage))


def test_the_provenance_of_a_cell(tmp_path):
    (tmp_path / "method.py").write_bytes(b"abc")
    (tmp_path / "weights").write_bytes(b"")
    row = provenance.provenance(
        method_file=tmp_path / "method.py",
        weights=tmp_path / "weights",
        dataset_sha256="d" * 64,
        settings={"seed": 1},
    )
    assert row["method_hash"] == ABC
    assert row["weights_sha256"] == hashlib.sha256().hexdigest()
    assert row["evaluator_hash"] == provenance.evaluator_hash()
    assert all(isinstance(value, str) and value for value in row.values())


@pytest.mark.parametrize("module", ["catalogue", "cells", "config", "provenance", "cli"])
def test_what_snakemake_reads_at_every_start_does_not_import_torch(module):
    code = f"import sys, spikebench.{module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=LIBRARY.parent).returncode == 0
