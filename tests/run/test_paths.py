"""Every place of an artefact is said once, and is where it always was."""

import ast
import re
from pathlib import Path

import pytest

from spikebench.run import paths
from spikebench.run.cell import Cell
from spikebench.run.sources import LIBRARY

CELL = Cell("set12", "dncnn", "if", 3)
ANY = Cell("{dataset}", "{backbone}", "{method}", "{seed}")

# Results folders of users hold files at these places.
PLACES = {
    paths.dataset("set12"): "resources/datasets/set12",
    paths.weights("dncnn"): "resources/backbones/dncnn.safetensors",
    paths.pretrained("dncnn"): "resources/pretrained/dncnn.safetensors",
    paths.pinned_state("qcfs", "dncnn"): "resources/states/dncnn/qcfs.safetensors",
    paths.finetuned("qcfs", "dncnn", ".csv"): "resources/finetuned/dncnn/qcfs.csv",
    paths.verified("dncnn", "set12"): "resources/verified/dncnn/set12.parquet",
    paths.converted("mine", CELL): "resources/converted/mine/dncnn/if/seed3.safetensors",
    paths.shard("mine", CELL, "images"): ("results/mine/cells/set12/dncnn/if/seed3/images.parquet"),
    paths.part("mine", CELL, 0, 10): "results/mine/cells/set12/dncnn/if/seed3/part0-10.jsonl",
    paths.table("mine", "energy"): "results/mine/energy.parquet",
    paths.TRUST: "results/backbones.parquet",
    paths.TRUST_PAGE: "reports/backbones.html",
    paths.page("mine"): "reports/mine/index.html",
    paths.log("fetch_dataset", "set12"): "logs/fetch_dataset/set12.log",
    paths.log("collect", run="mine"): "logs/mine/collect.log",
    paths.log("evaluate", CELL.evaluation, "mine"): ("logs/mine/evaluate/set12/dncnn/if/seed3.log"),
    paths.benchmark("convert", CELL.conversion, "mine"): "logs/mine/convert/dncnn/if/seed3.tsv",
    paths.stage_sources("collect"): "resources/sources/collect.txt",
}


@pytest.mark.parametrize(("found", "place"), PLACES.items(), ids=PLACES.values())
def test_nothing_has_moved(found, place):
    assert found == Path(place)


def test_wildcards_are_filled_in_as_names_are():
    names = vars(CELL) | {"run": "mine"}
    for make in (paths.converted, lambda run, cell: paths.shard(run, cell, "images")):
        assert str(make("{run}", ANY)).format(**names) == str(make("mine", CELL))
    log = paths.log("convert", ANY.conversion, "{run}")
    assert str(log).format(**names) == str(paths.log("convert", CELL.conversion, "mine"))


def test_who_made_a_conversion_is_read_from_its_place():
    assert paths.converted_by(paths.converted("mine", CELL)) == ("dncnn", "if")


def test_a_row_of_a_part_of_a_set_leads_to_the_cell_of_the_set():
    assert Cell.of_row("set12[2:5f1e]", "dncnn", "if", 3) == CELL == Cell.of_row(**vars(CELL))


FOLDER = re.compile(r"(?<![\w./])(resources|results|reports|logs)/")
ELSEWHERE = {
    "spikebench/data/samples.py": "a message; data imports nothing of run",
    "spikebench/data/fetch/first_use.py": "data imports nothing of run",
    "spikebench/data/fetch/mirror.py": "data imports nothing of run",
    "spikebench/release/freeze.py": "folders inside a release",
    "spikebench/release/verify.py": "folders inside a release",
    "spikebench/run/sources.py": "modules of the room `results`, not files of a run",
}


def literals(file: Path) -> list[str]:
    """Return the strings of a file of code, but its docstrings; of a rule all that is quoted."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        return re.findall(r'"([^"\n]+)"', re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE))
    tree = ast.parse(text)
    stated = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in stated
    ]


def test_no_other_module_or_rule_says_where_a_file_of_the_workflow_lies():
    root = LIBRARY.parent
    folders = (root / "workflow", LIBRARY, root / "benchmarks")
    files = [f for folder in folders for f in folder.rglob("*") if f.suffix in (".py", ".smk")]
    names = {"resources", "results", "reports", "logs"}
    says = {
        file.relative_to(root).as_posix()
        for file in [*files, root / "workflow/Snakefile"]
        if any(FOLDER.search(text) for text in literals(file))
        or re.search(rf'Path\(f?"({"|".join(names)})["/]', file.read_text(encoding="utf-8"))
    }
    assert says == ELSEWHERE.keys()
