"""The import closure of a module, on a package made for it and against what Python needs."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from spikebench.run.closure import closure
from spikebench.run.sources import LIBRARY, Stage, stage_sources

FILES = {
    "__init__.py": "",
    "leaf.py": "X = 1",
    "room/__init__.py": (
        "from pack.room.one import first\nfrom pack.room.two import second as other"
    ),
    "room/one.py": "from pack.leaf import X\ndef first(): return X",
    "room/two.py": "def second():\n    import pack.late",
    "late.py": "",
    "alone.py": "",
    "kernels/__init__.py": "",
    "kernels/library.py": "",
    "kernels/fast.c": "",
    "report/__init__.py": "",
    "report/page.py": "",
    "report/assets/page.css": "",
    "whole/__init__.py": "VALUE = 1",
}


@pytest.fixture
def package(tmp_path):
    root = tmp_path / "pack"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def found(package: Path, text: str) -> set[str]:
    start = package.parent / "start.py"
    start.write_text(text)
    return {
        file.relative_to(package).as_posix() for file in closure([start], package) if file != start
    }


@pytest.mark.parametrize(
    "text, expected",
    [
        ("from pack.room import first", {"room/one.py", "leaf.py"}),
        ("from pack.room import other", {"room/two.py", "late.py"}),
        ("from pack.room import one", {"room/one.py", "leaf.py"}),
        ("from pack.room.one import first", {"room/one.py", "leaf.py"}),
        ("import pack.alone", {"alone.py"}),
        ("from pack.whole import VALUE", {"whole/__init__.py"}),
        ("from pack.kernels.library import f", {"kernels/library.py", "kernels/fast.c"}),
        ("from pack.report.page import f", {"report/page.py", "report/assets/page.css"}),
        (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pack.alone",
            {"alone.py"},
        ),
        ("import os, json\nfrom packed import x", set()),
    ],
)
def test_the_closure_of_an_import(package, text, expected):
    assert found(package, text) == expected


def test_a_face_that_hands_all_on_leads_to_all(package):
    assert found(package, "import pack.room") >= {"room/__init__.py", "room/one.py", "room/two.py"}


def reduced(folder: Path, kept: set[Path]) -> None:
    """Copy the library as far as `kept` goes; a face hands on what is left of it."""
    for file in LIBRARY.rglob("*.py"):
        copy = folder / file.relative_to(LIBRARY.parent)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if file in kept or file == LIBRARY / "__init__.py":
            shutil.copy(file, copy)
        elif file.name == "__init__.py":
            given = [node for node in ast.parse(file.read_text()).body if leads_to(node, kept)]
            copy.write_text("\n".join(map(ast.unparse, given)))


def leads_to(node: ast.stmt, kept: set[Path]) -> bool:
    module = node.module if isinstance(node, ast.ImportFrom) else None
    return bool(module) and LIBRARY.parent.joinpath(*module.split(".")).with_suffix(".py") in kept


@pytest.mark.parametrize("stage", [Stage.EVALUATE, Stage.COLLECT, Stage.REPORT])
def test_the_closure_alone_can_be_imported(stage, tmp_path):
    """Without every other file of the library nothing is missed."""
    reduced(tmp_path, set(stage_sources(stage)))
    module = ".".join(stage.module.relative_to(LIBRARY.parent).with_suffix("").parts)
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    code = f"import sys, {module}; print(sys.modules['{module}'].__file__)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert ran.stdout.startswith(str(tmp_path)), ran.stderr


def test_a_closure_leaves_files_out():
    assert len(stage_sources(Stage.ENERGY)) < len(stage_sources(Stage.EVALUATE))
    assert LIBRARY / "cli.py" not in {f for stage in Stage for f in stage_sources(stage)}
