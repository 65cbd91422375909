import csv

import numpy as np
import pytest
import yaml
from PIL import Image

from spikebench.adding.dataset import add_dataset
from spikebench.data.fetch.dataset import fetch_dataset
from spikebench.data.registry import load_dataset
from spikebench.errors import BenchError
from tests.adding.conftest import snapshot


def test_a_folder_becomes_a_set_that_is_fetched_bit_for_bit(root, brought, tmp_path):
    said = add_dataset(brought, root=root, licence="CC0: mine")
    assert said[0].startswith("my_photos: 3 clean images, 1 files grey, sides of 20 to 30 pixels")
    assert said[-1] == "Next: snakemake --cores 2 all --configfile config/my_photos.yaml"
    spec = load_dataset("my_photos", root / "datasets")
    assert (spec.title, spec.licence, spec.sides) == ("My Photos", "CC0: mine", (20, 30))
    assert spec.pinned and spec.grey_as_rgb
    fetch_dataset(spec, tmp_path / "out")
    for entry in spec.files:
        assert (tmp_path / "out" / entry.file_name).read_bytes() == (
            brought / entry.path
        ).read_bytes()
    assert load_dataset("my_photos", root / "datasets", tmp_path / "out").files == spec.files


def test_the_manifest_can_be_edited_and_says_what_each_key_is(root, brought):
    add_dataset(brought, root=root, name="mine", tasks=["denoise"])
    text = (root / "datasets/mine/dataset.yaml").read_text()
    assert all("#" in line for line in text.splitlines() if not line.startswith(("lic", "title")))
    rows = list(csv.DictReader((root / "datasets/mine/files.csv").open()))
    assert [row["member"] for row in rows] == ["a 2.png", "a 10.png", "more/b.PPM"]


@pytest.mark.parametrize("role", ["test", "train"])
def test_its_run_is_valid_and_uses_it(root, brought, role):
    add_dataset(brought, root=root, name="mine", role=role)
    run = yaml.safe_load((root / "config/mine.yaml").read_text())
    tested = "mine" if role == "test" else "embedded"
    assert run["benchmarks"] == [
        {
            "datasets": [tested],
            "backbones": ["dncnn_tiny_s25"],
            "images": 3 if role == "test" else 4,
        }
    ]
    calibration = run["calibration"]
    assert set(calibration["datasets"].values()) == {
        "mine" if role == "train" else "embedded_train"
    }
    assert calibration["size"] == (10 if role == "train" else 32)


def test_pairs_become_a_set_with_inputs_and_their_factor(root, pairs, tmp_path):
    folder = pairs("mine", 0, factor=2)
    said = add_dataset(folder, root=root, tasks=["real_sr", "super_resolution"])
    assert said[0].startswith("mine: 2 clean images with their inputs, 0 files grey, sides of 48 t")
    spec = load_dataset("mine", root / "datasets")
    assert {(entry.role, entry.scale) for entry in spec.files} == {("degraded", 2), ("target", 2)}
    fetch_dataset(spec, tmp_path / "out")
    assert (tmp_path / "out/degraded_x2/a.png").read_bytes() == (
        folder / "input/a.png"
    ).read_bytes()


def test_nothing_is_replaced_and_nothing_half_written(root, brought):
    add_dataset(brought, root=root, name="mine")
    before = snapshot(root)
    with pytest.raises(BenchError, match=r"There already: .*dataset\.yaml"):
        add_dataset(brought, root=root, name="mine")
    (brought / "bad.png").write_text("no image")
    for name, force in (("other", False), ("mine", True)):
        with pytest.raises(BenchError, match=r"bad\.png"):
            add_dataset(brought, root=root, name=name, force=force)
    assert snapshot(root) == before


def test_forcing_takes_the_images_as_they_are_now(root, brought, tmp_path):
    add_dataset(brought, root=root, name="mine")
    (brought / "a 2.png").unlink()
    with pytest.raises(BenchError, match=r"'mine', lacks 1 of its 3 files: a 2\.png"):
        fetch_dataset(load_dataset("mine", root / "datasets"), tmp_path / "out")
    add_dataset(brought, root=root, name="mine", force=True)
    fetch_dataset(load_dataset("mine", root / "datasets"), tmp_path / "out")
    assert load_dataset("mine", root / "datasets").images == 2


def test_an_image_that_changed_afterwards_is_refused(root, brought, tmp_path):
    add_dataset(brought, root=root, name="mine")
    Image.fromarray(np.zeros((24, 20), np.uint8)).save(brought / "a 2.png")
    with pytest.raises(BenchError, match=r"a 2\.png has SHA-256 .* It was changed"):
        fetch_dataset(load_dataset("mine", root / "datasets"), tmp_path / "out")
