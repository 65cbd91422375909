"""Recipes: those of the repository can be read, and a mistake is named."""

from pathlib import Path

import pytest
import yaml

from spikebench.ann.backbone import load_backbone_spec
from spikebench.data.registry import load_dataset
from spikebench.errors import BenchError
from spikebench.run import catalogue
from spikebench.snn.model.tuned import TunedState
from spikebench.training.finetune.recipe import ROOT, load_recipe, load_recipe_file

RECIPES = catalogue.recipe_names()


LAST = {"steps": 100, "timesteps": 16, "neuron": "if", "learning_rate": 3e-4}
START = {"recipe": "other", "sha256": "0" * 64}
OWN = {
    "spikingir_half",  # whose budget the others have
    "spikingir_half_long",  # more steps
    "spikingir_third_long",  # the same
    "spikingir_distilled",  # fewer, at a lower rate: for networks from papers
    "spikingir_distilled_long",  # more of these
    "spikingir_distilled_further",  # more of its steps
    "qcfs_16_steps",  # few, of which some are in time
}
RIVALS = sorted(set(RECIPES) - OWN)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_of_the_repository_trains_on_training_sets(name):
    for task, source in load_recipe_file(name).datasets.items():
        assert load_dataset(source.name).role == "train"
        assert task in load_dataset(source.name).tasks


@pytest.mark.parametrize("name", RIVALS)
@pytest.mark.parametrize("backbone", ["dncnn_tiny_s25", "espcn_tiny_x2", "dncnn_s25"])
def test_rivals_and_the_control_have_the_budget_of_spikingir(name, backbone):
    task = load_backbone_spec(backbone).task.kind
    ours = load_recipe("spikingir_half", task, backbone=backbone)
    theirs = load_recipe(name, task, backbone=backbone)
    shared = ("steps", "batch", "patch", "learning_rate", "loss", "distillation", "dataset", "ema")
    assert all(getattr(theirs, key) == getattr(ours, key) for key in shared)


def committed() -> list[tuple[str, str]]:
    """Return backbone and recipe of every state that is committed."""
    return [(file.parent.name, file.stem) for file in sorted(ROOT.glob("states/*/*.safetensors"))]


def test_a_state_is_committed_where_and_only_where_a_recipe_pins_one():
    pinned = {(net, name) for name in RECIPES for net in load_recipe_file(name).states}
    assert pinned == set(committed())


@pytest.mark.parametrize(("backbone", "name"), committed())
def test_a_committed_state_is_what_its_recipe_makes_now(backbone, name):
    about = TunedState.read(ROOT / "states" / backbone / f"{name}.safetensors").about
    settings = load_recipe(name, load_backbone_spec(backbone).task.label, backbone=backbone)
    assert about["recipe_sha256"] == settings.digest
    assert about["settings"] == settings.written


@pytest.fixture
def root(tmp_path):
    content = yaml.safe_load(Path("finetuning/qcfs_16_steps.yaml").read_text())
    del content["training"]["last"]
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(content))
    return tmp_path


def change(root: Path, **training) -> None:
    content = yaml.safe_load((root / "mine.yaml").read_text())
    content["training"] |= training
    (root / "mine.yaml").write_text(yaml.safe_dump(content))


def test_the_digest_changes_with_a_setting_and_not_with_where_a_state_lies(root):
    before = load_recipe("mine", "denoise", root).digest
    file = root / "mine.yaml"
    pinned = {"net": {"sha256": "0" * 64, "bytes": 1}}
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | {"states": pinned}))
    assert load_recipe("mine", "denoise", root).digest == before
    change(root, seed=1)
    assert load_recipe("mine", "denoise", root).digest != before


def test_the_last_phase_is_a_recipe_of_its_own_with_the_same_ratio_of_rates(root):
    change(root, last=LAST)
    recipe = load_recipe("mine", "denoise", root)
    first, last = recipe.phases
    assert first is recipe
    assert (last.steps, last.learning_rate, last.activation.choices) == (100, 3e-4, (16,))
    assert last.threshold_rate == pytest.approx(first.threshold_rate / 2)
    same = ("loss", "batch", "patch", "energy", "seed", "evaluate_every", "dataset")
    assert all(getattr(first, key) == getattr(last, key) for key in same)


def test_a_recipe_without_a_last_phase_has_one(root):
    assert load_recipe("mine", "denoise", root).phases == [load_recipe("mine", "denoise", root)]


def test_a_setting_may_differ_for_a_task(root):
    file = root / "mine.yaml"
    content = yaml.safe_load(file.read_text()) | {"by_task": {"super_resolution": {"energy": 0.5}}}
    file.write_text(yaml.safe_dump(content))
    assert load_recipe("mine", "super_resolution", root).energy == 0.5
    assert load_recipe("mine", "denoise", root).energy == 0.0


def test_a_setting_may_differ_for_a_backbone_and_goes_before_that_of_its_task(root):
    file = root / "mine.yaml"
    differ = {"by_task": {"denoise": {"steps": 500}}, "by_backbone": {"small": {"steps": 1000}}}
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | differ))
    found = [load_recipe("mine", "denoise", root, backbone=net).steps for net in ("small", "large")]
    assert found == [1000, 500]


def test_an_unknown_recipe_is_refused_with_a_suggestion(root):
    with pytest.raises(BenchError, match=r"no recipe 'mime'.*Did you mean 'mine'\? Known: mine\."):
        load_recipe("mime", "denoise", root)


def test_a_setting_that_stands_twice_is_refused(root):
    file = root / "mine.yaml"
    file.write_text(file.read_text().replace("training:\n", "training:\n  seed: 7\n  seed: 8\n"))
    with pytest.raises(BenchError, match=r"mine\.yaml: line \d+: `training\.seed` stands in line"):
        load_recipe("mine", "denoise", root)


def test_a_task_without_a_training_set_is_refused(root):
    content = yaml.safe_load((root / "mine.yaml").read_text())
    del content["datasets"]["derain"]
    (root / "mine.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(BenchError, match=r"mine\.yaml: `datasets\.derain` is missing"):
        load_recipe("mine", "derain", root)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"batch": 0}, r"mine\.yaml, `training`: `batch` is 0\. Expected: the number of patches"),
        ({"dataset": "set12"}, r"`dataset` does not stand in this file: `datasets` says it"),
        ({"lambda": 1}, r"unknown key `lambda`"),
        ({"steps": 251}, r"a whole number of `evaluate_every` in its `steps`"),
        ({"energy_target": 0.5}, r"needs `energy_target` and a `dual_rate` above 0, or neither"),
        ({"dual_rate": 0.1}, r"needs `energy_target` and a `dual_rate` above 0, or neither"),
        (
            {"energy_target": 0.5, "dual_rate": 0.1},
            r"needs no `patience` beside an `energy_target`",
        ),
        ({"activation": {"kind": "sine"}}, r"`activation` is .*staircase, graded or rate"),
        (
            {"activation": {"kind": "relu"}, "energy": 0.1},
            r"needs no `energy` or `energy_target` beside `kind: relu`",
        ),
        ({"last": LAST | {"steps": 101}}, r"whole number of `evaluate_every` in its `last\.steps`"),
        ({"last": LAST, "warmup": 0.01}, r"needs a `warmup` longer than one of its `last\.steps`"),
        ({"last": LAST | {"neuron": "lif"}}, r"`last\.neuron` is 'lif'\. Expected: if: binary"),
        ({"last": {"steps": 100}}, r"`last\.timesteps` is missing\. It holds the number T"),
        (
            {"last": LAST, "activation": {"kind": "rate", "timesteps": [4]}},
            r"needs an activation of `kind: staircase` before its `last` phase",
        ),
        ({"start": START, "last": LAST}, r"needs no `cpm` and no `last` beside a `start`"),
        ({"start": START, "cpm": 1}, r"needs no `cpm` and no `last` beside a `start`"),
        ({"start": {"recipe": "mine"}}, r"`start\.sha256` is missing\. It holds the hash"),
        (
            {"loss": "distilled_psnr", "distillation": 0.5},
            r"needs no `distillation` beside `loss: distilled_psnr`",
        ),
    ],
)
def test_a_mistake_is_named_with_its_key(root, setting, message):
    change(root, **setting)
    with pytest.raises(BenchError, match=message):
        load_recipe("mine", "denoise", root)


@pytest.mark.parametrize(
    ("precision", "device", "coarse"),
    [
        (None, "cpu", False),
        (None, "cuda", True),
        ("float32", "cuda", False),
        ("bfloat16", "cpu", True),
    ],
)
def test_a_step_runs_in_the_precision_that_the_recipe_says(recipe, precision, device, coarse):
    assert recipe(precision=precision).coarse(device) is coarse


def test_what_needs_float32_has_it(recipe):
    spiking = recipe(precision="bfloat16", last=LAST | {"steps": 4}).phases[1]
    assert not spiking.coarse("cpu")
