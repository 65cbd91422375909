"""The layout of docs/architecture.md holds: what may import what, and what lies where."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.import_graph import FILES, MODULES, PACKAGE, REPOSITORY, edges, imports, name_of, tree

# A room imports rooms of earlier lines only: none of its own line, none of a later one.
ROOMS = (
    {"errors", "seeds", "spike_kinds", "task"},
    {"io", "options"},
    {"data", "energy", "results", "snn"},
    {"analysis", "metrics"},
    {"run"},
    {"ann", "report"},
    {"training"},
    {"release", "stages"},
    {"adding", "conformance"},
    {"cli"},
)
ROOMS_OF_SNN = (
    {"graph", "kernels"},
    {"model"},
    {"engine"},
    {"calibration"},
    {"method", "toolbox"},
)
COMPUTING = {"numpy", "pandas", "pyarrow", "skimage", "torch"}
LINES_OF_A_MODULE = 300
MODULES_OF_A_FOLDER, MODULES_AT_THE_TOP = 14, 8  # besides __init__.py
METHODS = sorted(REPOSITORY.glob("methods/*.py"))
BACKBONES = sorted(REPOSITORY.glob("backbones/*.py"))
FACES = [file for file in FILES if file.name == "__init__.py" and file.parent != PACKAGE]
# Names of method files that are words of the field, too: the network that is converted, its input,
# spikes that carry a number.
WORDS_OF_THE_FIELD = {"ann", "burst", "input", "multi_threshold"}
OUTSIDE = ("backbones", "benchmarks", "methods")  # of the package, with tests of their own
# Test folders that belong to no room, and the tests elsewhere that concern several modules.
OF_THE_WHOLE = ("chaos/", "fuzz/", "peers/", "slurm/", "workflow/", "snn/invariants/")
OF_SEVERAL_MODULES = {
    "test_architecture.py",
    "test_packaging.py",
    "test_references_bib.py",
    "test_resume.py",
    "backbones/test_instances.py",
    "backbones/test_published_names.py",
    "conformance/test_broken_methods.py",
    "conformance/test_documents.py",
    "conformance/test_parts.py",
    "energy/test_by_hand.py",
    "methods/test_conformance.py",
    "methods/test_device.py",
    "methods/test_hybrids.py",
    "methods/test_kernels.py",
    "methods/test_trained.py",
    "release/test_without_us.py",
    "report/test_browser.py",
    "report/test_layout.py",
    "report/test_left_out.py",
    "report/test_long_table.py",
    "snn/kernels/test_paths.py",
    "snn/test_counts_of_random_networks.py",
    "snn/test_first_layer.py",
    "snn/test_interface.py",
    "snn/test_phases_are_charged.py",
    "snn/test_restorers.py",
}


def upwards(parent: str, levels: Sequence[set[str]]) -> list[str]:
    """Return the imports between rooms of a package that go up or sideways, as sentences."""
    level = {f"{parent}.{name}": place for place, names in enumerate(levels) for name in names}
    depth = parent.count(".") + 2
    found = []
    for importer, imported in ((a, b) for a, others in edges().items() for b in others):
        here, there = (".".join(name.split(".")[:depth]) for name in (importer, imported))
        if here in level and there in level and here != there and level[there] >= level[here]:
            found.append(f"{importer} imports {imported}")
    return found


def children(parent: str) -> set[str]:
    """Return the names of the modules and packages in a package."""
    below = (name.removeprefix(f"{parent}.") for name in MODULES if name.startswith(f"{parent}."))
    return {name.split(".")[0] for name in below}


@pytest.mark.parametrize(
    ("package", "levels"), [("spikebench", ROOMS), ("spikebench.snn", ROOMS_OF_SNN)]
)
def test_imports_go_one_way(package, levels):
    assert children(package) == set().union(*levels)
    assert upwards(package, levels) == []


def test_no_modules_import_each_other_in_a_circle():
    TopologicalSorter(edges()).prepare()  # raises `CycleError` with the circle


def test_snn_does_not_use_its_own_face():
    inside = [name for name in MODULES if name.startswith("spikebench.snn.")]
    assert [name for name in inside if "spikebench.snn" in edges()[name]] == []


@pytest.mark.parametrize("file", METHODS, ids=lambda file: file.stem)
def test_a_method_imports_the_interface_and_nothing_below_it(file):
    ours = {name for name in imports(file) if name.split(".")[0] in ("spikebench", "backbones")}
    assert ours <= {"spikebench.snn", "spikebench.errors"}


@pytest.mark.parametrize("file", BACKBONES, ids=lambda file: file.stem)
def test_a_backbone_is_plain_pytorch(file):
    packages = {name.split(".")[0] for name in imports(file)}
    assert packages <= {"collections", "itertools", "math", "torch"}


def test_the_report_reads_tables_and_no_tensors_or_images():
    for file in (PACKAGE / "report").rglob("*.py"):
        rooms = {".".join(name.split(".")[:2]) for name in imports(file)}
        assert not rooms & {f"spikebench.{room}" for room in ("ann", "data", "snn", "training")}
        packages = {name.split(".")[0] for name in imports(file)}
        assert not packages & {"PIL", "safetensors", "skimage", "torch"}


@pytest.mark.parametrize("folder", ["engine", "kernels"])
def test_the_simulator_names_no_method(folder):
    methods = {file.stem for file in METHODS if not file.stem.startswith("_")}
    named = re.compile(rf"(?<![a-z0-9])({'|'.join(methods - WORDS_OF_THE_FIELD)})(?![a-z0-9])")
    for file in (PACKAGE / "snn" / folder).glob("*.py"):
        assert [word for word in _words(tree(file)) if named.search(word.lower())] == [], file


def _words(root: ast.Module) -> Iterator[str]:
    """Yield a module's identifiers and strings; docstrings and names of other libraries are not."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef
    bodies = [node.body for node in ast.walk(root) if isinstance(node, documented)]
    docstrings = [body[0].value for body in bodies if body and isinstance(body[0], ast.Expr)]
    for node in ast.walk(root):
        match node:
            case ast.Constant(value=str(text)) if node not in docstrings:
                yield text
            case ast.Attribute(value=ast.Name(id="torch" | "np" | "math")):
                pass
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.alias(name=name):
                yield name


def test_a_folder_can_be_surveyed():
    for folder in {file.parent for file in FILES}:
        modules = {file.name for file in folder.glob("*.py")} - {"__init__.py"}
        most = MODULES_AT_THE_TOP if folder == PACKAGE else MODULES_OF_A_FOLDER
        assert len(modules) <= most, f"{folder} holds {len(modules)} modules"


def test_a_module_can_be_read_at_once():
    lines = {name: len(file.read_text("utf-8").splitlines()) for name, file in MODULES.items()}
    assert {name: count for name, count in lines.items() if count > LINES_OF_A_MODULE} == {}


@pytest.mark.parametrize("file", FACES, ids=name_of)
def test_the_face_of_a_package_only_hands_on(file):
    assert ast.get_docstring(tree(file))
    for statement in tree(file).body[1:]:
        hands_on = isinstance(statement, ast.Import | ast.ImportFrom)
        assert hands_on or ast.unparse(statement).startswith("__all__ = ")


def test_tests_lie_where_their_modules_do():
    tests = REPOSITORY / "tests"
    names = {file.relative_to(tests).as_posix() for file in tests.rglob("test_*.py")}
    inside = {name for name in names if not name.startswith(OF_THE_WHOLE)}
    assert {name for name in inside if not _has_module(Path(name))} == OF_SEVERAL_MODULES


def _has_module(test: Path) -> bool:
    """Tell whether there is a module or package that a test is named after."""
    module = test.with_name(test.name.removeprefix("test_"))
    root = REPOSITORY if module.parts[0] in OUTSIDE else PACKAGE
    return (root / module).is_file() or (root / module.with_suffix("")).is_dir()


def test_the_workflow_starts_without_a_library_that_computes():
    """Every job of a run reads the workflow's files again, so that their imports must be cheap."""
    rules = (REPOSITORY / "workflow" / "rules" / "common.smk").read_text("utf-8")
    needed = [
        ast.unparse(line)
        for line in ast.parse(rules[: rules.index("wildcard_constraints:")]).body
        if isinstance(line, ast.Import | ast.ImportFrom)
    ]
    assert "from spikebench.run.load import load_merged" in needed
    loaded = f"sorted({COMPUTING} & set(sys.modules))"
    code = "\n".join([*needed, f"import sys; print({loaded})"])
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout == "[]\n"
