"""An edit re-runs what it can change, and nothing else.

The real workflow runs once on a checkout in small, with scripts that only write their outputs. Each
test edits a copy of the finished checkout and asks Snakemake what it would run.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

from spikebench.run.closure import closure
from tests.miniature import run_config, write_catalogue

REPOSITORY = Path(__file__).parents[2]

WRITE_OUTPUTS = """
from pathlib import Path

for output in map(Path, snakemake.output):
    if output.suffix:
        output.write_text(snakemake.rule)
    else:
        output.mkdir(parents=True, exist_ok=True)
"""

ROWS = {"ann": {}, "max_norm": {}, "strict": {"method": "max_norm", "hard_reset": True}, "cos": {}}
SHOWN = {"report": 1, "tables": 1, "figures": 1}
PRICED = {"energy": 1, "check_numbers": 1, "leaderboard": 1, "compare": 1, **SHOWN}
TABLES = {"so_far": 1, "collect": 1, **PRICED}
MEASURED = {"evaluate": 4, **TABLES}
ALL = {"convert": 4, **MEASURED}
CHIP = "{title: Chip, source: a data sheet, omits: memory, prices: {mac: 2.0, ac: 1.0}}"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a checkout whose run is complete."""
    root = write_catalogue(tmp_path_factory.mktemp("finished") / "checkout")
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("workflow", "profiles", "spikebench"):
        shutil.copytree(REPOSITORY / name, root / name, ignore=ignore)
    shutil.copy(REPOSITORY / "Snakefile", root)
    for name in ("max_norm", "cos"):
        shutil.copy(REPOSITORY / f"methods/{name}.py", root / "methods")
    method = root / "methods/max_norm.py"  # one that can use a fine-tuned state
    option = "    hard_reset: bool = False\n"
    method.write_text(method.read_text().replace(option, f'{option}    tuned: str = ""\n'))
    for script in root.glob("workflow/scripts/*.py"):
        script.write_text(WRITE_OUTPUTS)
    configure(root)
    snakemake(root, "--cores", "2", "all").check_returncode()
    return root


@pytest.fixture
def checkout(finished, tmp_path):
    """Return a copy of the finished checkout, to edit."""
    return shutil.copytree(finished, tmp_path / "checkout")


def configure(root: Path, **changes) -> None:
    (root / "my.yaml").write_text(yaml.safe_dump(run_config(**{"methods": ROWS} | changes)))


def edit(file: Path) -> None:
    """Change what a file says: its code where it is code."""
    added = {".py": "EDITED = 1", ".c": "int edited;"}.get(file.suffix, "# edited")
    file.write_text(f"{file.read_text()}\n{added}\n")


def comment(file: Path) -> None:
    """Change a file's comments, docstrings and formatting, and none of its code."""
    text = file.read_text()
    if file.suffix in (".c", ".h"):
        file.write_text(f"/* edited */\n\n{text}")
        return
    module = ast.parse(text)
    bare = ast.unparse(module.body[1:] if ast.get_docstring(module) else module.body)
    file.write_text(f'"""Edited."""\n\n# edited\n\n{bare}\n')


def sources_of(root: Path, method: str) -> list[Path]:
    return closure([root / f"methods/{method}.py"], root / "spikebench")


def counted(root: Path, *arguments: str) -> Counter[str]:
    """Return how many jobs of each rule a dry run plans."""
    return Counter(job.split()[0] for job in planned(root, *arguments))


def snakemake(root: Path, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "snakemake", "--configfile", "my.yaml", *arguments]
    environment = os.environ | {"PYTHONPATH": str(root)}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)


def planned(root: Path, *arguments: str) -> list[str]:
    """Return the jobs of a dry run as "rule" or "rule method"."""
    result = snakemake(root, "--dry-run", *(arguments or ["all"]))
    assert result.returncode == 0, result.stderr
    blocks = re.findall(r"^(?:local)?rule (\w+):\n((?:    .*\n)*)", result.stdout, re.MULTILINE)
    jobs = []
    for rule, block in blocks:
        method = re.search(r"wildcards: .*method=(\w+)", block)
        jobs.append(f"{rule} {method[1]}" if method else rule)
    return [job for job in jobs if job != "all"]


def test_a_row_that_stands_twice_stops_the_run_with_one_sentence(checkout):
    """Snakemake reads the file by itself, and keeps the second row in silence."""
    file = checkout / "my.yaml"
    file.write_text(file.read_text().replace("  ann: {}\n", "  ann: {}\n  ann: {method: cos}\n"))
    result = snakemake(checkout, "--dry-run", "all")
    assert result.returncode == 1
    assert re.search(r"^my\.yaml: line \d+: `methods\.ann` stands in line", result.stderr, re.M)
    assert "Traceback" not in result.stderr


def test_a_finished_run_has_nothing_to_do(checkout):
    assert planned(checkout) == []


def test_a_method_file_re_runs_its_own_rows(checkout):
    edit(checkout / "methods/max_norm.py")
    rows = ["max_norm", "strict"]  # both rows come from this file
    own = [f"{rule} {row}" for rule in ("convert", "evaluate") for row in rows]
    assert Counter(planned(checkout)) == Counter(own) + Counter(TABLES)


def test_an_option_re_runs_its_own_row(checkout):
    strict = {"method": "max_norm", "hard_reset": False}
    configure(checkout, methods=ROWS | {"strict": strict})
    own = ["convert strict", "evaluate strict"]
    assert Counter(planned(checkout)) == Counter(own) + Counter(TABLES)


def test_a_new_method_runs_alone(checkout):
    configure(checkout, methods=ROWS | {"burst": {}})
    own = ["convert burst", "evaluate burst"]
    assert Counter(planned(checkout)) == Counter(own) + Counter(TABLES)


def test_the_grid_re_runs_every_cell(checkout):
    configure(checkout, timesteps=[1, 2, 4, 8])
    assert counted(checkout) == ALL


def test_another_reference_row_compares_again_and_measures_nothing(checkout):
    configure(checkout, reference_row="max_norm")
    assert Counter(planned(checkout)) == TABLES


@pytest.mark.parametrize("model", ["lemaire_int32", "chip.yaml"])
def test_another_energy_model_prices_the_counts_and_simulates_nothing(checkout, model):
    (checkout / "chip.yaml").write_text(CHIP)
    configure(checkout, energy_models=[*run_config()["energy_models"], model])
    assert Counter(planned(checkout)) == PRICED


def test_an_edited_energy_model_prices_again(checkout):
    (checkout / "chip.yaml").write_text(CHIP)
    configure(checkout, energy_models=["chip.yaml"])
    snakemake(checkout, "--cores", "2", "all").check_returncode()
    assert planned(checkout) == []
    edit(checkout / "chip.yaml")
    assert Counter(planned(checkout)) == PRICED


@pytest.mark.parametrize(
    ("source", "stages"),
    [
        ("snn/model/neurons.py", ALL),
        ("snn/kernels/neurons.c", ALL),
        ("data/patches.py", ALL),
        ("metrics/image.py", MEASURED),
        ("stages/evaluate.py", MEASURED),
        ("energy/nm45.py", PRICED),
        ("run/paths.py", TABLES),
        ("run/references/fits.py", {}),
        ("analysis/leaderboard.py", {"leaderboard": 1, "compare": 1, **SHOWN}),
        ("analysis/compare/paired.py", {"compare": 1, **SHOWN}),
        ("report/text.py", SHOWN),
        ("data/fetch/transfer.py", {}),
        ("release/freeze.py", {}),
        ("training/loop.py", {}),
        ("conformance/suite.py", {}),
        ("cli.py", {}),
    ],
)
def test_a_library_source_re_runs_the_stages_behind_it(checkout, source, stages):
    edit(checkout / "spikebench" / source)
    assert counted(checkout) == stages


def test_a_building_block_re_runs_the_rows_whose_files_import_it(checkout):
    own = set(sources_of(checkout, "cos")) - set(sources_of(checkout, "max_norm"))
    (block,) = (file for file in own if file.parent.name == "toolbox")
    edit(block)
    assert Counter(planned(checkout)) == Counter(["convert cos", "evaluate cos"]) + Counter(TABLES)


def test_blocks_that_no_method_of_the_run_imports_re_run_nothing(checkout):
    used = {file for name in ("ann", "max_norm", "cos") for file in sources_of(checkout, name)}
    spare = set((checkout / "spikebench/snn/toolbox").glob("[!_]*.py")) - used
    assert len(spare) > 3
    for file in spare:
        edit(file)
    assert counted(checkout) == {}


def test_comments_docstrings_and_formatting_of_the_library_re_run_nothing(checkout):
    for file in (checkout / "spikebench").rglob("*"):
        if file.suffix in (".py", ".c", ".h"):
            comment(file)
    comment(checkout / "backbones/plain.py")
    assert counted(checkout) == {}


def test_a_docstring_of_a_method_is_shown_and_measures_nothing(checkout):
    for name in ("max_norm", "cos"):
        comment(checkout / f"methods/{name}.py")
    assert counted(checkout) == TABLES


def test_an_architecture_re_runs_what_its_backbones_do(checkout):
    edit(checkout / "backbones/plain.py")
    assert counted(checkout) == {"fetch_weights": 1, **ALL}


def test_training_is_never_a_side_effect(checkout):
    edit(checkout / "backbones/denoiser.yaml")
    edit(checkout / "backbones/plain.py")
    assert "pretrain" not in planned(checkout)
    assert "pretrain" in planned(checkout, "resources/pretrained/denoiser.safetensors")


TUNED = ROWS | {"strict": {"method": "max_norm", "tuned": "brief"}}


def test_a_tuned_row_trains_its_state_once(checkout):
    configure(checkout, methods=TUNED)
    own = ["finetune", "convert strict", "evaluate strict"]
    assert Counter(planned(checkout)) == Counter(own) + Counter(TABLES)
    snakemake(checkout, "--cores", "1", "all").check_returncode()
    edit(checkout / "methods/max_norm.py")
    assert "finetune" not in planned(checkout)
    edit(checkout / "finetuning/brief.yaml")
    assert {"finetune", "convert strict"} <= set(planned(checkout))


def test_a_pinned_state_is_copied_and_never_trained(checkout):
    recipe = checkout / "finetuning/brief.yaml"
    state = checkout / "finetuning/states/denoiser/brief.safetensors"
    state.parent.mkdir(parents=True)
    state.touch()
    pin = {"states": {"denoiser": {"sha256": "0" * 64, "bytes": 1}}}
    recipe.write_text(yaml.safe_dump(yaml.safe_load(recipe.read_text()) | pin))
    configure(checkout, methods=TUNED)
    own = ["fetch_state", "convert strict", "evaluate strict"]
    assert Counter(planned(checkout)) == Counter(own) + Counter(TABLES)
    edit(checkout / "spikebench/training/finetune/loop.py")
    edit(recipe)
    assert "finetune" not in planned(checkout)
    assert "finetune" in planned(checkout, "resources/finetuned/denoiser/brief.safetensors")


def test_backbones_are_verified_only_where_asked(checkout):
    manifest = checkout / "backbones/denoiser.yaml"
    score = {"dataset": "noisy", "protocol": "grey_float", "psnr": 30.0, "source": "a paper"}
    pinned = {"published": [score], "weights": {"url": "https://x.org/a.pth", "sha256": "0" * 64}}
    manifest.write_text(yaml.safe_dump(yaml.safe_load(manifest.read_text()) | pinned))
    assert "verify_backbone" not in planned(checkout)
    alone = [job for job in planned(checkout, "verify_backbones") if job != "fetch_weights"]
    assert alone == ["verify_backbone", "trust_table", "verify_backbones"]
    configure(checkout, verify_backbones=True)
    assert {"verify_backbone", "trust_table"} <= set(planned(checkout))


def test_the_networks_of_lpips_are_fetched_only_where_asked(checkout, monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    assert planned(checkout) == []
    names = ["fetch_lpips", "fetch_lpips_alex", "fetch_lpips_squeeze"]
    assert sorted(planned(checkout, "fetch_lpips")) == names
    trunks = tmp_path / "torch/hub/checkpoints"
    trunks.mkdir(parents=True)
    (trunks / "alexnet-owt-7be5be79.pth").touch()
    assert planned(checkout) == []  # the set-up's package is there, and is taken before it


def test_a_network_of_lpips_that_is_now_there_is_something_new_to_measure(
    checkout, monkeypatch, tmp_path
):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    configure(checkout, lpips="squeeze")
    assert Counter(planned(checkout))["evaluate max_norm"] == 1  # it was AlexNet, now it is nothing
    snakemake(checkout, "--cores", "2", "all").check_returncode()
    assert planned(checkout) == []
    trunk = tmp_path / "torch/hub/checkpoints/squeezenet1_1-b8a52dc0.pth"
    trunk.parent.mkdir(parents=True)
    trunk.touch()
    assert Counter(planned(checkout))["evaluate max_norm"] == 1


def test_a_mistake_in_the_configuration_is_one_message(checkout):
    configure(checkout, benchmarks=[{"datasets": ["nosiy"], "backbones": ["denoiser"]}])
    result = snakemake(checkout, "--dry-run", "all")
    assert result.returncode == 1
    message = result.stderr.strip().splitlines()[-1]
    assert message.startswith("my.yaml: `benchmarks.0.datasets`: unknown data set 'nosiy'.")
    assert "Traceback" not in result.stderr
    assert not re.search(r"line \d", result.stderr)  # of a Snakefile
