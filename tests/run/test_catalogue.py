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


@pytest.fixture
def folders(tmp_path):
    """Two folders of method files, which share one name."""
    for file in ("shipped/ann.py", "shipped/burst.py", "mine/ann.py", "mine/extra.py"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    return [Path("shipped"), Path("mine")]


def test_a_method_is_found_in_the_folder_that_holds_it(folders, tmp_path):
    assert catalogue.method_file("burst", folders, tmp_path) == Path("shipped/burst.py")
    assert catalogue.method_file("extra", folders, tmp_path) == Path("mine/extra.py")


@pytest.mark.parametrize("order", [1, -1])
def test_a_method_in_two_folders_is_refused_in_either_order(folders, tmp_path, order):
    first, second = folders[::order]
    expected = rf"method 'ann' is in two files, {first}/ann\.py and {second}/ann\.py\. Rename yours"
    with pytest.raises(BenchError, match=expected):
        catalogue.method_file("ann", [first, second], tmp_path)


def test_one_folder_named_in_two_ways_is_one(folders, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    named = [Path("mine"), tmp_path / "mine", Path("shipped/../mine"), Path("link")]
    assert catalogue.method_file("ann", named, tmp_path) == Path("mine/ann.py")


def test_tasks(root):
    assert catalogue.backbone_task("upscaler", root) == "super_resolution"
    assert catalogue.dataset("training", root).tasks == ["denoise", "super_resolution"]


def test_a_paired_task_is_called_by_its_name(tmp_path):
    (tmp_path / "backbones").mkdir()
    for name, task in {"named": "{kind: paired, name: deblur}", "bare": "{kind: paired}"}.items():
        (tmp_path / f"backbones/{name}.yaml").write_text(f"task: {task}\n")
    assert catalogue.backbone_task("named", tmp_path) == "deblur"
    with pytest.raises(BenchError, match=r"bare\.yaml: `task\.name` cannot be read"):
        catalogue.backbone_task("bare", tmp_path)


def test_the_files_of_a_backbone(root):
    assert catalogue.backbone_file("denoiser") == Path("backbones/denoiser.yaml")
    assert catalogue.architecture("denoiser", root) == "plain"
    assert catalogue.architecture_files(root) == [root / "backbones/plain.py"]
    weights = catalogue.embedded_weights("denoiser", root)
    assert weights == [Path("backbones/weights/denoiser.safetensors")]
    assert catalogue.training_dataset("denoiser", root) == "training"
    assert catalogue.training_threads("denoiser", root) == 2


def test_the_curve_of_a_state_lies_beside_it_wherever_it_came_from(tmp_path):
    recipe = tmp_path / "finetuning/brief.yaml"
    recipe.parent.mkdir()
    recipe.write_text("states: {mine: {sha256: x, bytes: 1}, fetched: {sha256: y, bytes: 1}}")
    committed = Path("finetuning/states/mine/brief.csv")
    (tmp_path / committed).parent.mkdir(parents=True)
    (tmp_path / committed).touch()
    assert catalogue.learning_curve("brief", "mine", tmp_path) == committed
    assert catalogue.learning_curve("brief", "fetched", tmp_path) is None
    trained = Path("resources/finetuned/other/brief.csv")
    assert catalogue.learning_curve("brief", "other", tmp_path) == trained


def test_fetched_weights_are_no_files_here():
    assert catalogue.embedded_weights("dncnn_s25", REPOSITORY) == []


@pytest.mark.parametrize(
    "weights",
    ["{file: ../mine/net.pth}", "{url: 'file://%s/mine/net.pth'}", "{file: %s/mine/net.pth}"],
)
def test_weights_of_the_user_are_a_file_here(tmp_path, weights):
    (tmp_path / "backbones").mkdir()
    (tmp_path / "mine").mkdir()
    text = weights.replace("%s", str(tmp_path))
    (tmp_path / "backbones/odd.yaml").write_text(f"weights: {text}\n")
    assert catalogue.embedded_weights("odd", tmp_path) == []
    (tmp_path / "mine/net.pth").write_text("")
    (found,) = catalogue.embedded_weights("odd", tmp_path)
    assert (tmp_path / found).resolve() == tmp_path / "mine/net.pth"


@pytest.mark.parametrize("weights", ["mine.pth", "[mine.pth]", "{file: 3}", "{url: [a]}"])
def test_weights_that_are_no_mapping_are_no_file(tmp_path, weights):
    (tmp_path / "backbones").mkdir()
    (tmp_path / "backbones/odd.yaml").write_text(f"weights: {weights}\n")
    assert catalogue.embedded_weights("odd", tmp_path) == []


def test_a_method_that_nobody_has(root):
    with pytest.raises(BenchError, match=r"no method file new\.py in methods"):
        catalogue.method_file("new", [Path("methods")], root)


@pytest.mark.parametrize("content", ["architecture: plain", "task: denoise", ""])
def test_a_manifest_without_the_value_names_file_and_key(tmp_path, content):
    (tmp_path / "backbones").mkdir()
    (tmp_path / "backbones/odd.yaml").write_text(content)
    with pytest.raises(BenchError, match=r"odd\.yaml: `task\.kind` cannot be read"):
        catalogue.backbone_task("odd", tmp_path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("[", r"odd\.yaml: is not YAML, line 1: "),
        ("task: {kind: denoise}\ntask: {kind: derain}\n", r"odd\.yaml: line 2: `task` stands in"),
    ],
)
def test_a_manifest_that_is_no_yaml_names_file_and_line(tmp_path, content, expected):
    (tmp_path / "backbones").mkdir()
    (tmp_path / "backbones/odd.yaml").write_text(content)
    with pytest.raises(BenchError, match=expected):
        catalogue.backbone_task("odd", tmp_path)
