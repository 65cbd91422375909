"""Which known numbers can be checked without asking the network."""

import pytest
import yaml

from spikebench.run import catalogue
from spikebench.run.verifiable import reason_against, verifiable_pairs
from tests.miniature import write_catalogue

SCORE = {"dataset": "noisy", "protocol": "grey_float", "psnr": 30.0, "source": "a paper"}


@pytest.fixture
def root(tmp_path):
    """The miniature with a score of the denoiser on the set `noisy`."""
    root = write_catalogue(tmp_path)
    change(root, published=[SCORE], weights={"url": "https://x.org/a.pth", "sha256": "0" * 64})
    catalogue._read.cache_clear()
    return root


def change(root, **keys) -> None:
    file = root / "backbones/denoiser.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | keys))
    catalogue._read.cache_clear()


def unpin(root) -> None:
    listing = "name,role,url\ncamera,target,https://example.org/camera.png\n"
    (root / "datasets/noisy/files.csv").write_text(listing)


def test_pinned_weights_and_data_are_enough(root):
    assert verifiable_pairs(root) == [("denoiser", "noisy")]


def test_unpinned_weights_count_once_they_lie_there(root):
    change(root, weights={"url": "https://x.org/a-12345678.pt", "sha256_prefix": "12345678"})
    assert verifiable_pairs(root) == []
    assert "snakemake --cores 1 resources/backbones/denoiser.safetensors" in reason_against(
        "denoiser", "noisy", root
    )
    (root / "resources/backbones").mkdir(parents=True)
    (root / "resources/backbones/denoiser.safetensors").touch()
    assert verifiable_pairs(root) == [("denoiser", "noisy")]


@pytest.mark.parametrize(("images", "complete"), [(1, True), (2, False)])
def test_unpinned_data_count_once_they_lie_there_whole(root, images, complete):
    unpin(root)
    manifest = root / "datasets/noisy/dataset.yaml"
    about = yaml.safe_load(manifest.read_text())
    rows = "".join(f"{n},target,https://example.org/{n}.png\n" for n in range(images))
    manifest.write_text(yaml.safe_dump(about | {"images": images}))
    (root / "datasets/noisy/files.csv").write_text(f"name,role,url\n{rows}")
    assert "data not fetched" in reason_against("denoiser", "noisy", root)
    folder = root / "resources/datasets/noisy"
    folder.mkdir(parents=True)
    (folder / "index.csv").write_text("name,role,url\n0,target,https://example.org/0.png\n")
    assert bool(verifiable_pairs(root)) == complete


def test_every_committed_backbone_names_known_sets():
    known = set(catalogue.dataset_names())
    for name in catalogue.backbone_names():
        assert set(catalogue.scored_datasets(name)) <= known
