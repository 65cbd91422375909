"""What a method file imports: whole, documented, and nothing below it."""

import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

from spikebench import snn

METHODS = sorted(Path("methods").glob("*.py"))
EXPLAINED = [name for name in snn.__all__ if callable(getattr(snn, name))]


def imported(file: Path) -> set[tuple[str, str]]:
    """Return (module, name) of all that a file imports from the package."""
    return {
        (node.module, alias.name)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("spikebench")
        for alias in node.names
    }


@pytest.mark.parametrize("file", METHODS, ids=lambda file: file.stem)
def test_a_method_imports_the_interface_alone(file):
    found = imported(file)
    assert {module for module, _ in found} == {"spikebench.snn"}
    assert {name for _, name in found} <= set(snn.__all__)


def test_the_interface_is_what_its_list_says():
    public = {name for name, value in vars(snn).items() if not name.startswith("_")}
    modules = {name for name in public if inspect.ismodule(getattr(snn, name))}
    assert public - modules == set(snn.__all__)


@pytest.mark.parametrize("name", EXPLAINED)
def test_every_function_and_class_is_explained(name):
    value = getattr(snn, name)
    if value.__module__.startswith("spikebench"):  # no alias of a type
        assert inspect.getdoc(value)
        assert value.__doc__ != inspect.getdoc(object)


@pytest.mark.parametrize("name", EXPLAINED)
def test_every_public_function_of_a_class_is_explained(name):
    value = getattr(snn, name)
    if inspect.isclass(value) and value.__module__.startswith("spikebench"):
        public = [n for n, f in vars(value).items() if callable(f) and not n.startswith("_")]
        assert all(inspect.getdoc(getattr(value, n)) for n in public), public


@pytest.mark.slow
def test_a_user_s_typed_method_is_checked_against_it(tmp_path):
    """The types reach whoever writes against them: a wrong one is found, a right one is not."""
    text = """
from spikebench.snn import IF, Calibration, Method, Network


class Mine(Method):
    title, citation, family = "Mine", "none", "training-free"

    def convert(
        self, network: Network, calibration: Calibration, timesteps: tuple[int, ...]
    ) -> Network:
        for site in network.sites:
            network.place(site, IF(calibration.maximum({argument})))
        return network
"""
    root, verdicts = Path.cwd(), {}
    for argument in ("site", "site.name"):
        (tmp_path / "mine.py").write_text(text.replace("{argument}", argument))
        command = [sys.executable, "-m", "mypy", "--strict", "--config-file="]
        command += ["--follow-imports=silent", "--cache-dir", str(root / ".mypy_cache"), "mine.py"]
        places = os.environ | {"MYPYPATH": str(root)}  # an editable install shows mypy no files
        ran = subprocess.run(command, cwd=tmp_path, env=places, capture_output=True, text=True)
        verdicts[argument] = ran.returncode
        if ran.returncode:
            assert 'has incompatible type "str"; expected "Site"' in ran.stdout, ran.stdout
    assert verdicts == {"site": 0, "site.name": 1}
