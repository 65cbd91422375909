"""Names and files of what a checkout holds."""

from pathlib import Path

import pytest

from spikebench.errors import BenchError
from spikebench.run import catalogue
from tests.miniature import write_catalogue

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return write_catalogue(tmp_path_factory.mktemp("checkout"))


def test_names(root):
    assert catalogue.dataset_names(root) == ["noisy", "small", "smaller", "training"]
    assert catalogue.backbone_names(root) == ["denoiser", "upscaler"]
    assert catalogue.method_names([Path("methods")], root) == ["ann", "burst", "max_norm"]


def test_the_first_folder_that_holds_a_method_wins(root):
    (root / "other").mkdir()
    for name in ("ann", "extra"):
        (root / f"other/{name}.py").touch()
    folders = [Path("methods"), Path("other")]
    assert catalogue.method_file("ann", folders, root) == Path("methods/ann.py")
    assert catalogue.method_file("extra", folders, root) == Path("other/extra.py")


def test_tasks(root):
    assert catalogue.backbone_task("upscaler", root) == "super_resolution"
    assert catalogue.dataset("training", root).tasks == ["denoise", "super_resolution"]


def test_the_files_of_a_backbone(root):
    assert catalogue.backbone_file("denoiser") == Path("backbones/denoiser.yaml")
    assert catalogue.architecture("denoiser", root) == "plain"
    assert catalogue.architecture_files(root) == [root / "backbones/plain.py"]
    weights = catalogue.embedded_weights("denoiser", root)
    assert weights == [Path("backbones/weights/denoiser.safetensors")]
    assert catalogue.training_dataset("denoiser", root) == "training"
    assert catalogue.training_threads("denoiser", root) == 2


def test_fetched_weights_are_no_files_here():
    assert catalogue.embedded_weights("dncnn_s25", REPOSITORY) == []


def test_a_method_that_nobody_has(root):
    with pytest.raises(BenchError, match=r"no method file new\.py in methods"):
        catalogue.method_file("new", [Path("methods")], root)


@pytest.mark.parametrize("content", ["architecture: plain", "task: denoise", "[", ""])
def test_a_manifest_without_the_value_names_file_and_key(tmp_path, content):
    (tmp_path / "backbones").mkdir()
    (tmp_path / "backbones/odd.yaml").write_text(content)
    with pytest.raises(BenchError, match=r"odd\.yaml: `task\.kind` cannot be read"):
        catalogue.backbone_task("odd", tmp_path)
