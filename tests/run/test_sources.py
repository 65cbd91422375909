"""What a stage and a method depend on, and the lists of it that rules take."""

import ast
import re
from pathlib import Path

import pytest

from spikebench.run.closure import closure
from spikebench.run.sources import (
    LIBRARY,
    Stage,
    file_sources,
    list_sources,
    method_hash,
    sources_hash,
    stage_sources,
)

WORKFLOW = LIBRARY.parent / "workflow"
SCRIPTS = {file.stem: file for file in (WORKFLOW / "scripts").glob("*.py")}
TAKING = {"take_cell"}  # what another job computed
SHOWING = {"so_far"}  # what is finished, until the stages make the page of the whole run
FETCHING = {"fetch_dataset", "fetch_lpips", "fetch_state", "fetch_weights"}
# What a script takes besides its stage's module: none of it decides what the stage writes.
AROUND = (
    "run/logs.py",
    "run/paths.py",
    "run/progress/places.py",
    "run/cell.py",
    "io/",
    "errors.py",
)


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


def test_every_script_computes_for_a_stage_or_fetches_or_releases():
    assert SCRIPTS.keys() == {*Stage, *FETCHING, *TAKING, *SHOWING, "release"}
    assert all(len(file.read_text().splitlines()) <= 40 for file in SCRIPTS.values())


@pytest.mark.parametrize("stage", Stage)
def test_what_a_script_imports_is_what_its_stage_depends_on(stage):
    assert stage.module in stage_sources(stage)
    needed = set(closure([SCRIPTS[stage]], LIBRARY)) - {SCRIPTS[stage]}
    around = {f for f in needed if f.relative_to(LIBRARY).as_posix().startswith(AROUND)}
    assert needed - around <= set(stage_sources(stage))


def test_every_rule_with_such_a_script_takes_the_list_of_its_stage():
    rules = "\n".join(file.read_text() for file in WORKFLOW.glob("rules/*.smk"))
    found = re.findall(r"^rule (\w+):\n(.*?)(?=^\S|\Z)", rules, re.MULTILINE | re.DOTALL)
    taken = {
        rule: re.findall(r"paths\.stage_sources\(Stage\.(\w+)\)", body)
        for rule, body in found
        if "script:" in body
    }
    assert taken == {
        rule: [Stage(rule).name] if rule in set(Stage) else [] for rule in SCRIPTS.keys() & taken
    }
    assert set(Stage) <= taken.keys()


def test_a_method_depends_on_its_own_blocks_alone():
    blocks = {
        method: {
            file.name
            for file in file_sources(Path(f"methods/{method}.py"))
            if file.parent.name == "toolbox"
        }
        for method in ("max_norm", "srp", "cos")
    }
    assert blocks == {"max_norm": set(), "srp": {"presimulation.py"}, "cos": {"rehearsal.py"}}


def test_the_hash_of_a_method_does_not_depend_on_where_its_file_lies(tmp_path):
    text = Path("methods/burst.py").read_text()
    (tmp_path / "burst.py").write_text(text + "\n# mine\n")
    assert method_hash(tmp_path / "burst.py") == method_hash(Path("methods/burst.py"))


def rooms(stage: Stage) -> set[str]:
    return {file.relative_to(LIBRARY).parts[0] for file in stage_sources(stage)}


@pytest.mark.parametrize("stage", [Stage.CONVERT, Stage.EVALUATE, Stage.COLLECT])
def test_the_numbers_depend_on_neither_fetching_nor_prices_nor_pages_nor_training(stage):
    outside = {"report", "release", "training", "conformance", "analysis", "energy"}
    assert not rooms(stage) & outside
    assert not any("fetch" in file.parts for file in stage_sources(stage))
    assert not any("toolbox" in file.parts for file in stage_sources(stage))


def test_the_library_has_neither_relative_nor_computed_imports():
    """The closure would not see where they lead."""
    for file in LIBRARY.rglob("*.py"):
        module = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(module):
            assert not (isinstance(node, ast.ImportFrom) and node.level), file
            assert not (isinstance(node, ast.Attribute) and node.attr == "import_module"), file
