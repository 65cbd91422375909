"""The sources behind each stage and each method, and a hash of what they say.

Snakemake does not see which modules a script imports. What a rule depends on is the import closure
of its stage's module, and for a row also that of its method's file. Hashes are of code: comments,
docstrings and formatting may change, and nothing runs again.
"""

import ast
import hashlib
import re
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from spikebench.io.atomic import atomic_path
from spikebench.run.closure import closure

LIBRARY = Path(__file__).parents[1]
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)  # of C


class Stage(StrEnum):
    """The rules that compute; the value is the rule's name, and `module` is where its work is."""

    PRETRAIN = "pretrain"
    FINETUNE = "finetune"
    VERIFY_BACKBONE = "verify_backbone"
    TRUST_TABLE = "trust_table"
    VERIFY_BACKBONES = "verify_backbones"
    CONVERT = "convert"
    EVALUATE = "evaluate"
    COLLECT = "collect"
    ENERGY = "energy"
    CHECK_NUMBERS = "check_numbers"
    LEADERBOARD = "leaderboard"
    COMPARE = "compare"
    REPORT = "report"

    @property
    def module(self) -> Path:
        """The file in the library whose closure the stage depends on."""
        return LIBRARY / MODULES[self]


MODULES: dict[Stage, str] = {
    Stage.PRETRAIN: "training/pretrain.py",
    Stage.FINETUNE: "training/finetune/run.py",
    Stage.VERIFY_BACKBONE: "ann/verify.py",
    Stage.TRUST_TABLE: "stages/trust.py",
    Stage.VERIFY_BACKBONES: "report/backbones.py",
    Stage.CONVERT: "stages/convert.py",
    Stage.EVALUATE: "stages/evaluate.py",
    Stage.COLLECT: "stages/collect.py",
    Stage.ENERGY: "stages/price.py",
    Stage.CHECK_NUMBERS: "results/sanity.py",
    Stage.LEADERBOARD: "analysis/leaderboard.py",
    Stage.COMPARE: "analysis/compare/write.py",
    Stage.REPORT: "report/build.py",
}


def stage_sources(stage: Stage) -> list[Path]:
    """Return the library's files that a stage depends on, sorted."""
    return closure([stage.module], LIBRARY)


def method_sources(file: Path) -> list[Path]:
    """Return a method's file and the library's files that it depends on, sorted."""
    return closure([file], LIBRARY)


def method_hash(file: Path) -> str:
    """Return the SHA-256 of the code of a method's file and of what it imports from the library."""
    own, *others = [file, *(source for source in method_sources(file) if source != file)]
    lines = [code_sha256(own), *_lines(others)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def sources_hash(files: Iterable[Path]) -> str:
    """Return one SHA-256 over the code of the library's files and their names."""
    return hashlib.sha256("\n".join(_lines(files)).encode()).hexdigest()


def list_sources(files: Iterable[Path], listed: Path) -> Path:
    """Write the hash of each file's code into `listed`, unless it stands there; return it.

    A rule that depends on it depends on all of the files, and Snakemake has one file to look at
    for each job and not a hundred.
    """
    text = "".join(f"{line}\n" for line in _lines(files))
    if not listed.is_file() or listed.read_text(encoding="utf-8") != text:
        with atomic_path(listed) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return listed


def code_sha256(file: Path) -> str:
    """Return the SHA-256 of a source without comments, docstrings and formatting."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".py":
        text = canonical(ast.parse(text, str(file)))
    elif file.suffix in (".c", ".h"):
        text = " ".join(COMMENT.sub(" ", text).split())
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(node: object) -> str:
    """Return a syntax tree in one line, without the fields that are empty in it."""
    if isinstance(node, ast.AST):
        fields = [(name, value) for name, value in ast.iter_fields(node) if value not in (None, [])]
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            fields = [(n, _without_docstring(v) if n == "body" else v) for n, v in fields]
        inside = " ".join(f"{name}={canonical(value)}" for name, value in fields)
        return f"{type(node).__name__}({inside})"
    if isinstance(node, list):
        return f"[{' '.join(map(canonical, node))}]"
    return repr(node)


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    stated = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return body[1:] if stated and isinstance(first.value.value, str) else body


def _lines(files: Iterable[Path]) -> list[str]:
    return sorted(f"{code_sha256(file)}  {_name(file)}" for file in files)


def _name(file: Path) -> str:
    inside = LIBRARY in file.absolute().parents
    return file.absolute().relative_to(LIBRARY.parent).as_posix() if inside else file.as_posix()
