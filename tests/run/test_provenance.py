"""Hashes change exactly when what they stand for changes."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikebench.run import provenance
from spikebench.run.sources import LIBRARY, method_hash


@pytest.fixture
def tree(tmp_path):
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(name)
    return tmp_path


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


def test_what_runs_write_into_a_checkout_makes_no_commit_dirty(tmp_path):
    names = ("spikebench/a.py", "results/published/images.parquet", "reports/a.html", "README.md")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("before")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    commit = git(tmp_path, "rev-parse", "HEAD")
    for name in names[1:]:
        (tmp_path / name).write_text("after")
    assert provenance.git_commit(tmp_path / "spikebench") == commit
    (tmp_path / names[0]).write_text("after")
    assert provenance.git_commit(tmp_path / "spikebench") == f"{commit}+dirty"


def test_the_provenance_of_a_cell(tmp_path):
    (tmp_path / "method.py").write_bytes(b"a = 1")
    (tmp_path / "weights").write_bytes(b"")
    row = provenance.provenance(
        method_file=tmp_path / "method.py",
        weights=tmp_path / "weights",
        dataset_sha256="d" * 64,
        settings={"seed": 1},
    )
    assert row["method_hash"] == method_hash(tmp_path / "method.py")
    assert row["weights_sha256"] == hashlib.sha256().hexdigest()
    assert row["evaluator_hash"] == provenance.evaluator_hash()
    assert all(isinstance(value, str) and value for value in row.values())


@pytest.mark.parametrize(
    "module", ["run.catalogue", "run.jobs", "run.load", "run.failures", "run.provenance", "cli"]
)
def test_what_snakemake_reads_at_every_start_does_not_import_torch(module):
    code = f"import sys, spikebench.{module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=LIBRARY.parent).returncode == 0
