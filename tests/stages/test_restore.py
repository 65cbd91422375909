"""A set of pairs, and compressed images, from folders to rows; sides that a network cannot take."""

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from PIL import Image, ImageFilter
from safetensors.torch import load_file
from skimage import data
from skimage.color import rgb2ycbcr
from skimage.metrics import peak_signal_noise_ratio

from spikebench.ann.backbone import build, load_backbone_spec
from spikebench.data.fetch.dataset import fetch_dataset
from spikebench.data.index import dataset_sha256
from spikebench.data.registry import load_dataset
from spikebench.errors import BenchError
from spikebench.results.columns.images import IMAGES
from spikebench.results.shards import read_shard
from tests.embedded_run import convert, evaluate

REPOSITORY = Path(__file__).parents[2]
DEBLUR = {"kind": "paired", "name": "deblur", "channels": "y", "protocol": "y_float"}
JPEG = {"kind": "jpeg", "quality": 10, "channels": "y", "protocol": "y_uint8"}
NETS = {
    "deblur_tiny": ("dncnn_tiny_s25", {"task": DEBLUR}),
    "jpeg_tiny": ("dncnn_tiny_s25", {"task": JPEG}),
    "deblur_unet": ("unet_tiny_s25", {"task": DEBLUR}),
    "unet_free": ("unet_tiny_s25", {"task": DEBLUR, "multiple": 1}),
}
LAYOUT = [
    {"role": "degraded", "path": "input/{name}.png"},
    {"role": "target", "path": "target/{name}_gt.png"},
]


def crops(photograph: np.ndarray) -> dict[str, np.ndarray]:
    """Return two crops in colour, of odd sides."""
    return {"1": photograph[60:91, 80:117], "2": photograph[10:43, 10:39]}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """A folder with the networks above, and one set of pairs for testing and one for training."""
    root = tmp_path_factory.mktemp("checkout")
    shutil.copytree(REPOSITORY / "backbones", root / "backbones")
    trained_on = "datasets/train400"  # by the networks that these are made of
    shutil.copytree(REPOSITORY / trained_on, root / trained_on)
    for name, (origin, changes) in NETS.items():
        content = yaml.safe_load((root / f"backbones/{origin}.yaml").read_text()) | changes
        (root / f"backbones/{name}.yaml").write_text(yaml.safe_dump(content | {"title": name}))
    for name, role, photograph in (
        ("blurred", "test", data.astronaut()),
        ("blurred_train", "train", data.coffee()),
    ):
        for image, pixels in crops(photograph).items():
            clean = Image.fromarray(pixels)
            for file, picture in (
                (f"target/{image}_gt.png", clean),
                (f"input/{image}.png", clean.filter(ImageFilter.GaussianBlur(1))),
            ):
                (root / "mine" / name / file).parent.mkdir(parents=True, exist_ok=True)
                picture.save(root / "mine" / name / file)
        about = {"title": name, "role": role, "tasks": ["deblur", "jpeg"], "images": 2}
        about |= {"sides": [29, 37], "licence": "none", "citation": "none", "layout": LAYOUT}
        (root / "datasets" / name).mkdir(parents=True)
        (root / "datasets" / name / "dataset.yaml").write_text(yaml.safe_dump(about))
    return root


@pytest.fixture
def rows(checkout, tmp_path, monkeypatch):
    """Run one network and method on the test set; return the rows."""
    monkeypatch.chdir(checkout)
    for name in ("blurred", "blurred_train"):
        fetch_dataset(load_dataset(name), tmp_path / name, provided=checkout / "mine" / name)

    def run(backbone: str, method: str) -> list[dict]:
        weights = checkout / "backbones" / load_backbone_spec(backbone).weights.file
        both = {"backbone": backbone, "weights": weights, "calibration": "blurred_train"}
        both["calibration_folder"] = tmp_path / "blurred_train"
        file = REPOSITORY / "methods" / f"{method}.py"
        converted = convert(tmp_path, tmp_path / "converted", file, **both, size=16)
        own = {"dataset": "blurred", "dataset_folder": tmp_path / "blurred"}
        evaluate(tmp_path, converted, tmp_path / "out", file, ("1", "2"), **both | own)
        return read_shard(tmp_path / "out/images.parquet", IMAGES).to_pylist()

    return run


def y(picture: Image.Image) -> np.ndarray:
    return rgb2ycbcr(np.asarray(picture))[..., 0]


def restored(checkout: Path, backbone: str, degraded: np.ndarray, multiple: int = 1) -> np.ndarray:
    """Return what the network makes of 0 .. 255, in plain PyTorch, as 0 .. 255."""
    spec = load_backbone_spec(backbone)
    module = build(spec).eval()
    module.load_state_dict(load_file(checkout / "backbones" / spec.weights.file))
    height, width = degraded.shape
    larger = np.pad(degraded, ((0, -height % multiple), (0, -width % multiple)), mode="edge")
    with torch.no_grad():
        found = module(torch.from_numpy(larger / 255).float()[None, None])[0, 0]
    return found[:height, :width].clamp(0, 1).double().numpy() * 255


def psnr(clean: np.ndarray, found: np.ndarray) -> float:
    return peak_signal_noise_ratio(clean, found, data_range=255)


@pytest.mark.parametrize(("backbone", "multiple"), [("deblur_tiny", 1), ("deblur_unet", 4)])
def test_pairs_run_through_to_rows_with_their_psnr(rows, checkout, backbone, multiple):
    """Sides of 29 to 37: the U-Net gets its last row and column repeated, and is cut again."""
    found = rows(backbone, "max_norm")
    assert [(r["image"], r["timesteps"]) for r in found] == [
        ("1", 1), ("1", 2), ("2", 1), ("2", 2)
    ]  # fmt: skip
    assert {(r["task"], r["protocol"], r["dataset"]) for r in found} == {
        ("deblur", "y_float", "blurred")
    }
    for row in found:
        folder = checkout / "mine/blurred"
        clean = y(Image.open(folder / f"target/{row['image']}_gt.png"))
        degraded = y(Image.open(folder / f"input/{row['image']}.png"))
        ann = restored(checkout, backbone, degraded, multiple)
        assert row["psnr_input"] == pytest.approx(psnr(clean, degraded), abs=1e-3)
        assert row["psnr_ann"] == pytest.approx(psnr(clean, ann), abs=1e-3)


def test_compressed_images_run_through_to_rows_with_their_psnr(rows, checkout):
    """The set's own inputs are not those of JPEG, which is made of the clean images in 8 bits."""
    for row in rows("jpeg_tiny", "ann"):
        clean = np.round(y(Image.open(checkout / f"mine/blurred/target/{row['image']}_gt.png")))
        file = io.BytesIO()
        Image.fromarray(clean.astype(np.uint8)).save(file, "JPEG", quality=10)
        degraded = np.asarray(Image.open(file)).astype(float)
        ann = np.round(restored(checkout, "jpeg_tiny", degraded))
        assert (row["task"], row["protocol"]) == ("jpeg", "y_uint8")
        assert row["psnr_input"] == pytest.approx(psnr(clean, degraded), abs=1e-3)
        assert row["psnr"] == pytest.approx(psnr(clean, ann), abs=2e-2)  # ties of rounding


def test_the_hash_of_a_set_of_pairs_covers_both(checkout, tmp_path, monkeypatch):
    monkeypatch.chdir(checkout)
    hashes = set()
    for changed in (None, "input/1.png", "target/1_gt.png"):
        mine = shutil.copytree(checkout / "mine/blurred", tmp_path / f"mine {len(hashes)}")
        if changed:
            Image.fromarray(255 - np.asarray(Image.open(mine / changed))).save(mine / changed)
        fetch_dataset(load_dataset("blurred"), tmp_path / "out", provided=mine)
        fetched = load_dataset("blurred", fetched=tmp_path / "out")
        hashes.add(dataset_sha256(fetched, tmp_path / "out"))
    assert len(hashes) == 3


def test_sides_that_a_network_cannot_take_are_answered_with_the_multiple(rows):
    expected = r"image 1: the network of backbone 'unet_free' cannot take an image of 31 x 37 .*"
    with pytest.raises(BenchError, match=expected + r"multiples of 4\. Write `multiple: 4`"):
        rows("unet_free", "max_norm")
