"""The sources behind each stage, each method and each architecture, and a hash of what they say.

Snakemake does not see which modules a script imports. What a rule depends on is the import closure
of its stage's module, and for a row also those of its method and of its backbone's architecture.
Hashes are of code, see `spikebench.run.code`.
"""

import hashlib
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Self

from spikebench.io.atomic import atomic_path
from spikebench.run.closure import closure
from spikebench.run.code import code_of

LIBRARY = Path(__file__).parents[1]


class Stage(StrEnum):
    """The rules that compute: the value is the rule's name, `module` the file that does its work.

    Fetching is none of them: what is fetched is checked by its hash, whoever fetched it.
    """

    PRETRAIN = "pretrain", "training/pretrain.py"
    FINETUNE = "finetune", "training/finetune/run.py"
    VERIFY_BACKBONE = "verify_backbone", "ann/verify.py"
    TRUST_TABLE = "trust_table", "stages/trust.py"
    VERIFY_BACKBONES = "verify_backbones", "report/backbones.py"
    CONVERT = "convert", "stages/convert.py"
    EVALUATE = "evaluate", "stages/evaluate.py"
    EVALUATE_PAIR = "evaluate_pair", "stages/pair.py"
    COLLECT = "collect", "stages/collect.py"
    ENERGY = "energy", "stages/price.py"
    CHECK_NUMBERS = "check_numbers", "results/sanity.py"
    LEADERBOARD = "leaderboard", "analysis/leaderboard.py"
    COMPARE = "compare", "analysis/compare/write.py"
    REPORT = "report", "report/build.py"
    TABLES = "tables", "report/tables/write.py"
    FIGURES = "figures", "report/charts/figures.py"

    module: Path

    def __new__(cls, rule: str, module: str) -> Self:
        """Make the member of a rule; `module` is relative to the library."""
        stage = str.__new__(cls, rule)
        stage._value_ = rule
        stage.module = LIBRARY / module
        return stage


def stage_sources(stage: Stage) -> list[Path]:
    """Return the library's files that a stage depends on, sorted."""
    return closure([stage.module], LIBRARY)


def file_sources(file: Path) -> list[Path]:
    """Return a file outside the library and the library's files that it depends on, sorted."""
    return closure([file], LIBRARY)


def method_hash(file: Path) -> str:
    """Return the SHA-256 of the code of a method's file and of what it imports from the library."""
    return sources_hash(file_sources(file))


def sources_hash(files: Iterable[Path]) -> str:
    """Return the SHA-256 of the code of files and of their names."""
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


def _lines(files: Iterable[Path]) -> list[str]:
    return sorted(f"{code_of(file).sha256}  {_name(file)}" for file in files)


def _name(file: Path) -> str:
    """Return the file's name in the library; of another one that without its folder."""
    inside = LIBRARY in file.absolute().parents
    return file.absolute().relative_to(LIBRARY.parent).as_posix() if inside else file.name
