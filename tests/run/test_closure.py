"""The import closure of a module, on a package made for it and against what Python really loads."""

import subprocess
import sys
from pathlib import Path

import pytest

from spikebench.run.closure import closure
from spikebench.run.sources import LIBRARY

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


def test_nothing_that_python_loads_is_missed():
    """A name's module is loaded by whoever takes it, so all that runs is in the closure."""
    module = LIBRARY / "stages/evaluate.py"
    code = (
        "import sys, spikebench.stages.evaluate\n"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('spikebench.')))"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = {Path(name) for name in ran.stdout.split()}
    missing = {file for file in closure([module], LIBRARY) if file.suffix == ".py"} - loaded
    assert not {file for file in missing if file != LIBRARY / "metrics/torchvision_compat.py"}
