import csv
from functools import partial

import numpy as np
import pytest
import torch
import yaml
from PIL import Image
from safetensors.torch import load_file

from spikebench.ann.backbone import load_backbone, load_backbone_spec
from spikebench.data.fetch.dataset import fetch_dataset
from spikebench.data.index import dataset_sha256
from spikebench.data.registry import load_dataset
from spikebench.errors import BenchError
from spikebench.task import Task
from spikebench.training import loop as training
from spikebench.training.pretrain import pretrain, training_pairs, write_curve

DENOISE = Task(kind="denoise", channels="grey", sigma=25, protocol="grey_float")
DERAIN = Task(kind="derain", channels="rgb", protocol="y_of_rgb_float")
DEBLUR = Task(kind="paired", name="deblur", channels="grey", protocol="grey_float")
ENLARGE = Task(kind="super_resolution", channels="y", scale=2, protocol="y_float")


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    """The embedded training set, and its content hash."""
    spec, folder = load_dataset("embedded_train"), tmp_path_factory.mktemp("embedded_train")
    fetch_dataset(spec, folder)
    return folder, dataset_sha256(spec, folder)


@pytest.fixture
def trainable(root, recipe, photographs):
    """The folder backbones/ with a recipe in embedded.yaml."""
    file = root / "embedded.yaml"
    chosen = recipe(dataset="embedded_train", dataset_sha256=photographs[1])
    content = yaml.safe_load(file.read_text()) | {"recipe": chosen.model_dump()}
    file.write_text(yaml.safe_dump(content))
    return root


@pytest.fixture
def run(trainable, photographs, tmp_path):
    """Pretrain the embedded backbone; return the file of its weights."""

    def start(name: str = "net"):
        output = tmp_path / f"{name}.safetensors"
        pretrain(backbone="embedded", dataset_folder=photographs[0], output=output, root=trainable)
        return output

    return start


def test_weights_and_the_loss_of_every_step_are_written(run, trainable):
    output = run()
    network = load_backbone(load_backbone_spec("embedded", trainable), output, trainable)
    assert torch.isfinite(network(torch.rand(1, 1, 8, 8))).all()
    with output.with_suffix(".csv").open() as stream:
        assert [row["step"] for row in csv.DictReader(stream)] == ["1", "2", "3", "4", "5"]


def test_two_runs_write_the_same_bytes(run):
    assert run("one").read_bytes() == run("two").read_bytes()


def test_a_failed_write_keeps_the_checkpoint_and_the_next_run_finishes(run, monkeypatch, tmp_path):
    monkeypatch.setattr(training, "CHECKPOINT_EVERY", 5)
    expected = load_file(run("whole"))
    with monkeypatch.context() as patched:
        patched.setattr("spikebench.training.pretrain.save_safetensors", _disk_is_full)
        with pytest.raises(OSError, match="full"):
            run()
    assert (tmp_path / "net.checkpoint").is_file()

    assert all(torch.equal(value, expected[key]) for key, value in load_file(run()).items())
    assert not (tmp_path / "net.checkpoint").exists()


def _disk_is_full(*_):
    raise OSError("the disk is full")


def test_the_checkpoint_of_another_recipe_is_refused(run, trainable, monkeypatch):
    monkeypatch.setattr(training, "CHECKPOINT_EVERY", 5)
    monkeypatch.setattr("spikebench.training.pretrain.save_safetensors", _disk_is_full)
    with pytest.raises(OSError, match="full"):
        run()
    file = trainable / "embedded.yaml"
    file.write_text(file.read_text().replace("seed: 0", "seed: 1"))
    with pytest.raises(BenchError, match=r"net\.checkpoint belongs to another"):
        run()


def test_a_fetched_backbone_has_no_recipe(root, tmp_path):
    with pytest.raises(BenchError, match=r"fetched\.yaml has no `recipe`"):
        pretrain(backbone="fetched", dataset_folder=tmp_path, output=tmp_path / "a", root=root)


def test_a_test_set_is_refused(recipe, tmp_path):
    with pytest.raises(BenchError, match="trains on embedded, a test set"):
        training_pairs(recipe(dataset="embedded"), DENOISE, tmp_path)


def test_other_data_than_the_recipe_pins_is_refused(recipe, photographs):
    folder, found = photographs
    with pytest.raises(BenchError, match=f"content hash {found}, the recipe expects 0000"):
        training_pairs(recipe(dataset="embedded_train"), DENOISE, folder)


def test_denoising_pairs_are_clean_and_enlarging_pairs_are_not_of_one_size(recipe, photographs):
    folder, found = photographs
    chosen = recipe(dataset="embedded_train", dataset_sha256=found)
    assert all(
        torch.equal(pair.degraded, pair.target) for pair in training_pairs(chosen, DENOISE, folder)
    )
    for pair in training_pairs(chosen, ENLARGE, folder):
        assert pair.target.shape == (1, *(2 * side for side in pair.degraded.shape[1:]))


def test_the_inputs_of_a_paired_task_are_trained_on_as_they_lie_in_the_set(
    recipe, tmp_path, monkeypatch
):
    random = np.random.default_rng(0)
    for folder in ("mine/input", "mine/target", "datasets/pairs"):
        (tmp_path / folder).mkdir(parents=True)
    written = {}
    for role, folder in (("degraded", "input"), ("target", "target")):
        written[role] = random.integers(256, size=(12, 9), dtype=np.uint8)
        Image.fromarray(written[role]).save(tmp_path / f"mine/{folder}/a.png")
    about = {"title": "Pairs", "role": "train", "tasks": ["deblur"], "images": 1, "sides": [9, 12]}
    about |= {"licence": "none", "citation": "none"}
    about["layout"] = [
        {"role": "degraded", "path": "input/{name}"},
        {"role": "target", "path": "target/{name}"},
    ]
    (tmp_path / "datasets/pairs/dataset.yaml").write_text(yaml.safe_dump(about))
    monkeypatch.chdir(tmp_path)
    fetch_dataset(load_dataset("pairs"), tmp_path / "out", provided=tmp_path / "mine")
    found = dataset_sha256(load_dataset("pairs", fetched=tmp_path / "out"), tmp_path / "out")
    chosen = recipe(dataset="pairs", dataset_sha256=found)
    (pair,) = training_pairs(chosen, DEBLUR, tmp_path / "out")
    for role in ("degraded", "target"):
        expected = torch.from_numpy(written[role] / np.float32(255))[None]
        assert torch.equal(getattr(pair, role), expected)


def test_the_curve_can_be_read_back(tmp_path):
    write_curve([0.5, 0.1 + 0.2], tmp_path / "curve.csv")
    with (tmp_path / "curve.csv").open() as stream:
        assert [float(row["loss"]) for row in csv.DictReader(stream)] == [0.5, 0.1 + 0.2]


def _without_index(load, name, **_):
    return load(name)


def test_a_set_with_test_images_is_refused(recipe, tmp_path, monkeypatch):
    """Rain100L is made of them; their pixels are known from files.csv."""
    listed = partial(_without_index, load_dataset)
    monkeypatch.setattr("spikebench.training.pretrain.load_dataset", listed)
    with pytest.raises(BenchError, match=r"'bsds500_train'.*75 images of the test set 'rain100l'"):
        training_pairs(recipe(dataset="bsds500_train"), DERAIN, tmp_path)
