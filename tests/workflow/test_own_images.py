"""Runs on images of the user's own, which no list in the repository names, end with a page."""

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from PIL import Image
from skimage import data

from spikebench.release import verify
from tests.workflow.checkout import configure, copy_checkout, snakemake

ABOUT = {"role": "test", "tasks": ["super_resolution"], "sides": [8, 64], "licence": "CC0"}
LAYOUT = [{"role": "target", "pattern": r"(?P<name>[^/]+)\.png$"}]
RUN = {
    "run": "own",
    "timesteps": [1, 2],
    "calibration": {"patches": 2, "size": 24, "datasets": {"super_resolution": "embedded_train"}},
    "benchmarks": [
        {"datasets": ["packed"], "backbones": ["espcn_u8"], "images": 2},
        {"datasets": ["black"], "backbones": ["espcn_u8"]},
    ],
    "provided": {"black": "black frames"},
    "methods": {"max_norm": {}},
}
REFUSING = '''"""A method that converts nothing."""

from spikebench.snn import Method, Refusal


class Picky(Method):
    title, citation, family = "Picky", "none", "training-free"

    def convert(self, network, calibration, timesteps):
        raise Refusal("It needs residual sums.")
'''


def save(file: Path, pixels: np.ndarray) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(file)


def describe(root: Path, name: str, **more: object) -> None:
    """Write datasets/<name>/dataset.yaml, and no files.csv beside it."""
    about = ABOUT | {"title": name, "citation": "none", "layout": LAYOUT} | more
    (root / "datasets" / name).mkdir()
    (root / "datasets" / name / "dataset.yaml").write_text(yaml.safe_dump(about))


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """A run on three photographs in an archive, of which it takes two, and on two black frames."""
    root = copy_checkout(tmp_path_factory.mktemp("own") / "checkout")
    for number in range(3):
        crop = data.rocket()[100:140, 200 + 60 * number : 248 + 60 * number]
        save(root / f"photographs/{number}.png", crop)
    shutil.make_archive(str(root / "mirror/example.org/packed"), "zip", root / "photographs")
    describe(root, "packed", images=3, archive={"url": "https://example.org/packed.zip"})
    for name in ("night", "fog"):
        save(root / f"black frames/{name}.png", np.zeros((32, 40, 3), np.uint8))
    describe(root, "black", images=2)
    manifest = (root / "backbones/espcn_tiny_x2.yaml").read_text().split("\nrecipe:")[0]
    eight_bits = manifest.replace("protocol: y_float", "protocol: y_uint8")
    (root / "backbones/espcn_u8.yaml").write_text(eight_bits)
    configure(root, RUN)
    done = snakemake(root, "all", SPIKEBENCH_MIRROR=str(root / "mirror"))
    assert done.returncode == 0, done.stderr
    return root


def test_every_image_is_measured(finished):
    images = pd.read_parquet(finished / "results/own/images.parquet")
    found = set(images[["dataset", "image"]].itertuples(index=False, name=None))
    assert found == {("packed[2]", "0"), ("packed[2]", "1"), ("black", "fog"), ("black", "night")}
    assert len(images) == 4 * len(RUN["timesteps"])
    for dataset, names in (("packed[2]", ("0", "1")), ("black", ("fog", "night"))):
        folder = finished / "resources/datasets" / dataset.split("[")[0]
        files = [f"target/{name}.png" for name in names]
        hashes = [hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in files]
        text = "\n".join(f"{each}  {file}" for each, file in zip(hashes, files, strict=True))
        expected = hashlib.sha256(text.encode()).hexdigest()
        assert set(images[images["dataset"] == dataset]["dataset_sha256"]) == {expected}


def test_the_page_shows_them_and_says_what_is_not_pinned(finished):
    page = (finished / "reports/own/index.html").read_text(encoding="utf-8")
    assert "Not fully pinned: 0 of 2 files" in page
    assert "Provided by whoever made this run" in page
    pictures = pd.read_parquet(finished / "results/own/pictures.parquet")
    assert set(pictures["dataset"]) == {"packed[2]", "black"}
    assert (finished / "reports/own/tables/ranking.csv").is_file()


def test_the_run_is_released(finished):
    done = snakemake(finished, "release")
    assert done.returncode == 0, done.stderr
    (release,) = (finished / "reports/release").iterdir()
    verdict = verify(release)
    assert verdict.sound, verdict.lines()


def test_a_run_whose_every_row_is_refused_has_its_page(finished):
    """Nothing failed: a refusal is a result."""
    (finished / "mine").mkdir()
    (finished / "mine/picky.py").write_text(REFUSING)
    alone = {"run": "refused", "method_paths": ["mine"], "methods": {"picky": {}}}
    alone |= {"reference_row": "picky", "benchmarks": RUN["benchmarks"][1:]}
    configure(finished, RUN | alone, "refused.yaml")
    done = snakemake(finished, "all", configfile="refused.yaml")
    assert done.returncode == 0, done.stderr
    page = (finished / "reports/refused/index.html").read_text(encoding="utf-8")
    assert "This run has no results" in page
    assert page.count("does not convert <code>espcn_u8</code>. It needs residual sums.") == 1
    assert pq.read_table(finished / "results/refused/images.parquet").num_rows == 0
