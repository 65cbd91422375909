"""A configuration may only name what exists, and only pair what fits."""

import pytest

from spikebench.errors import BenchError
from spikebench.run import catalogue
from spikebench.run.load import load_config
from tests.miniature import run_config, write_catalogue


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return write_catalogue(tmp_path_factory.mktemp("checkout"))


def pair(dataset: str, backbone: str) -> dict:
    return {"datasets": [dataset], "backbones": [backbone]}


def calibrated_by(**datasets: str) -> dict:
    return {"patches": 1, "size": 8, "datasets": datasets}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"benchmarks": [pair("nosiy", "denoiser")]},
            "my.yaml: `benchmarks.0.datasets`: unknown data set 'nosiy'. Did you mean 'noisy'? "
            "Known: noisy, small, smaller, training.",
            id="an unknown data set",
        ),
        pytest.param(
            {"benchmarks": [pair("noisy", "dncnn")]},
            "my.yaml: `benchmarks.0.backbones`: unknown backbone 'dncnn'. "
            "Known: denoiser, upscaler.",
            id="an unknown backbone",
        ),
        pytest.param(
            {"benchmarks": [pair("noisy", "denoiser") | {"methods": ["stict"]}]},
            "my.yaml: `benchmarks.0.methods`: unknown row 'stict'. Did you mean 'strict'? "
            "Known: ann, max_norm, strict.",
            id="an unknown row",
        ),
        pytest.param(
            {"methods": {"bursts": {}}},
            "my.yaml: `methods.bursts`: unknown method 'bursts'. Did you mean 'burst'? "
            "Known: ann, burst, max_norm.",
            id="an unknown method",
        ),
        pytest.param(
            {"methods": {"ann": {"title": "X"}, "burst": {"title": "X"}}},
            "my.yaml: `methods.burst.title`: 'X' is the title of `methods.ann` already. "
            "Give each row a title of its own.",
            id="one title for two rows",
        ),
        pytest.param(
            {"methods": {"burst": {"tuned": "breif"}}},
            "my.yaml: `methods.burst.tuned`: unknown recipe 'breif'. Did you mean 'brief'? "
            "Known: brief.",
            id="an unknown recipe",
        ),
        pytest.param(
            {"calibration": calibrated_by(denoise="trainings")},
            "my.yaml: `calibration.datasets.denoise`: unknown data set 'trainings'. "
            "Did you mean 'training'? Known: noisy, small, smaller, training.",
            id="an unknown training set",
        ),
        pytest.param(
            {"benchmarks": [pair("small", "denoiser")]},
            "my.yaml: `benchmarks`: backbone 'denoiser' is trained for denoise, but data set "
            "'small' serves super_resolution. Pair it with a data set for denoise.",
            id="a pair that does not fit",
        ),
        pytest.param(
            {"calibration": calibrated_by(super_resolution="training")},
            "my.yaml: `calibration.datasets.denoise` is missing: backbone 'denoiser' needs it.",
            id="a task without training set",
        ),
        pytest.param(
            {"benchmarks": [pair("noisy", "denoiser")] * 2},
            "my.yaml: `benchmarks`: ('noisy', 'denoiser') is listed twice with the rows ann, "
            "max_norm, strict. Keep each row in one of the entries.",
            id="a pair listed twice with the same rows",
        ),
        pytest.param(
            {
                "benchmarks": [
                    pair("noisy", "denoiser") | {"methods": ["ann"]},
                    pair("noisy", "denoiser") | {"methods": ["strict"], "images": 1},
                ]
            },
            "my.yaml: `benchmarks`: ('noisy', 'denoiser') is listed with `images` None and 1, and "
            "its rows share a board. Write the same in each of its entries.",
            id="a pair on two choices of images",
        ),
        pytest.param(
            {"benchmarks": [pair("noisy", "denoiser") | {"methods": ["ann", "strict", "ann"]}]},
            "my.yaml: `benchmarks.0.methods`: 'ann' is listed 2 times. Keep one of them.",
            id="a row listed twice",
        ),
        pytest.param(
            {"benchmarks": [pair("noisy", "denoiser") | {"images": ["camera", "camara"]}]},
            "my.yaml: `benchmarks.0.images`: data set 'noisy' has no image 'camara'. "
            "Did you mean 'camera'? It has 1, such as camera.",
            id="an unknown image",
        ),
        pytest.param(
            {"benchmarks": [pair("noisy", "denoiser") | {"images": ["camera"] * 2}]},
            "my.yaml: `benchmarks.0.images`: 'camera' is listed 2 times. Keep one of them.",
            id="an image listed twice",
        ),
        pytest.param(
            {"benchmarks": [pair("noisy", "denoiser") | {"images": 100}]},
            "my.yaml: `benchmarks.0.images` is 100, but data set 'noisy' has 1. Write at most 1, "
            "or null for all of them; sets of other sizes can stand in an entry of their own.",
            id="more images than there are",
        ),
    ],
)
def test_the_message(root, changes, expected):
    with pytest.raises(BenchError) as caught:
        load_config(run_config(**changes), place="my.yaml", root=root)
    assert str(caught.value) == expected


def test_an_unknown_energy_model_lists_the_known_ones(root):
    with pytest.raises(BenchError, match=r"unknown energy model '45nm'.*45nm_fp32_cached"):
        load_config(run_config(energy_models=["45nm"]), root=root)


def test_an_unknown_reference_row_lists_the_rows(root):
    with pytest.raises(BenchError, match=r"`reference_row`: unknown row 'max'.*max_norm, strict"):
        load_config(run_config(reference_row="max"), root=root)


def test_the_images_of_a_set_without_a_list_of_files_are_not_known_yet(tmp_path):
    root = write_catalogue(tmp_path)
    (root / "datasets/noisy/files.csv").unlink()
    manifest = root / "datasets/noisy/dataset.yaml"
    manifest.write_text(
        f"{manifest.read_text()}layout: [{{role: target, pattern: '(?P<name>.*)'}}]\n"
    )
    changes = {"benchmarks": [pair("noisy", "denoiser") | {"images": ["anything"]}]}
    assert load_config(run_config(**changes), root=root).benchmarks[0].images == ["anything"]


NEURON = """
from typing import Annotated

from pydantic import Field
from spikebench.snn import Method, Percentile

class Mine(Method):
    family = "{family}"
    renamed = {{"percent": "percentile"}}
    percentile: Percentile = 99.9
    steps: Annotated[int, Field(ge=1, lt=9)] = 4
"""


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            {"percentile": 101.0},
            "`methods.row.percentile`: Method 'mine', option 'percentile': expected a number above "
            "0 and at most 100, got 101.0.",
        ),
        (
            {"steps": 9},
            "`methods.row.steps`: Method 'mine', option 'steps': expected a whole number at least "
            "1 and below 9, got 9.",
        ),
        (
            {"percentil": 99.0},
            "`methods.row.percentil`: Method 'mine' has no option 'percentil'. Its options are: "
            "percentile, steps.",
        ),
        (
            {"percent": 99.0},
            "`methods.row.percent`: Method 'mine': the option 'percent' is now percentile. Write "
            "that in the row of the configuration.",
        ),
    ],
    ids=["above", "beyond", "unknown", "renamed"],
)
def test_an_option_is_checked_before_any_job(root, tmp_path, options, expected):
    (tmp_path / "mine.py").write_text(NEURON.format(family="training-free"))
    row = {"row": {"method": "mine", "title": "Mine"} | options}
    said = refusal(root, method_paths=[str(tmp_path)], methods=row)
    assert said == f"my.yaml: {expected}"


def test_options_in_their_range_are_taken(root, tmp_path):
    (tmp_path / "mine.py").write_text(NEURON.format(family="training-free"))
    rows = {"mine": {"percentile": 100, "steps": 8}}
    config = load_config(run_config(method_paths=[str(tmp_path)], methods=rows), root=root)
    assert config.methods["mine"].options == rows["mine"]


def test_a_backbone_whose_architecture_is_not_there_is_named(tmp_path):
    root = write_catalogue(tmp_path)
    (root / "backbones/plain.py").rename(root / "backbones/plane.py")
    assert refusal(root) == (
        "my.yaml: `architecture` of `denoiser`: unknown architecture 'plain'. Did you mean "
        "'plane'? Known: plane."
    )


def test_a_recipe_without_a_thread_is_refused(tmp_path):
    root = write_catalogue(tmp_path)
    recipe = root / "finetuning/brief.yaml"
    recipe.write_text(recipe.read_text().replace("threads: 1", "threads: 0"))
    assert refusal(root, methods={"burst": {"tuned": "brief"}}) == (
        "my.yaml: finetuning/brief.yaml: `training.threads` is 0. Expected: a whole number, at "
        "least 1."
    )


def test_a_row_of_trained_weights_names_its_recipe(tmp_path):
    root = write_catalogue(tmp_path)
    (root / "methods/burst.py").write_text(
        "from spikebench.snn import Method\n\n\n"
        'class Burst(Method):\n    family = "fine-tuned"\n    tuned: str = "brief"\n'
    )
    assert refusal(root, methods={"burst": {}}) == (
        "my.yaml: `methods.burst`: method 'burst' converts trained weights, and the row names no "
        "recipe of finetuning/. Write `tuned: brief` in it."
    )
    load_config(run_config(methods={"burst": {"tuned": "brief"}}), place="my.yaml", root=root)


def test_patches_larger_than_every_image_are_refused(root):
    large = calibrated_by(denoise="training") | {"size": 17}
    assert refusal(root, calibration=large) == (
        "my.yaml: `calibration.size` is 17, but no image of 'training' has a side of more than 16 "
        "pixels. Lower it."
    )


def test_a_test_set_calibrates_nothing(root):
    assert refusal(root, calibration=calibrated_by(denoise="small")) == (
        "my.yaml: `calibration.datasets.denoise`: 'small' is a test set, and nothing may be "
        "calibrated on one. Name a training set."
    )


def test_a_reference_is_no_reference_row(root, tmp_path):
    """It has no curve: found before hours of evaluation and not after them."""
    (tmp_path / "mine.py").write_text(NEURON.format(family="reference"))
    changes = {"method_paths": [str(tmp_path)], "methods": {"mine": {}}}
    load_config(run_config(**changes), root=root)
    assert refusal(root, **changes, reference_row="mine") == (
        "my.yaml: `reference_row`: 'mine' is a reference and has no curve over T. Name a row that "
        "spikes, or leave it out."
    )


def test_methods_are_looked_up_in_every_folder(root):
    (root / "mine").mkdir()
    (root / "mine/new.py").touch()
    load_config(run_config(method_paths=["methods", "mine"], methods={"new": {}}), root=root)


def refusal(root, **changes) -> str:
    with pytest.raises(BenchError) as caught:
        load_config(run_config(**changes), place="my.yaml", root=root)
    return str(caught.value)


@pytest.mark.parametrize("missing", ["methdos", "methods/ann.py", "/none/at/all"])
def test_a_folder_of_methods_must_be_there(root, missing):
    """One sentence, and none on the methods that would have been in it."""
    message = refusal(root, method_paths=["methods", missing], methods={"elsewhere": {}})
    in_full = "" if missing.startswith("/") else f" ({root / missing})"
    assert message == (
        f"my.yaml: `method_paths.1`: there is no folder {missing}{in_full}. "
        "Name one that holds method files."
    )


def test_a_folder_at_home_is_found_and_missed(root, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    changes = {"method_paths": ["methods", "~/snn"], "methods": {"at_home": {}}}
    assert f"`method_paths.1`: there is no folder {tmp_path}/snn." in refusal(root, **changes)
    (tmp_path / "snn").mkdir()
    (tmp_path / "snn/at_home.py").touch()
    config = load_config(run_config(**changes), root=root)
    assert (
        catalogue.method_file("at_home", config.method_paths, root) == tmp_path / "snn/at_home.py"
    )


@pytest.mark.parametrize("order", [1, -1])
def test_a_row_whose_method_is_in_two_files_is_refused(root, tmp_path, order):
    (tmp_path / "max_norm.py").touch()
    folders = ["methods", str(tmp_path)][::order]
    files = " and ".join(f"{folder}/max_norm.py" for folder in folders)
    rows = {"ann": {}, "strict": {"method": "max_norm"}}
    assert refusal(root, method_paths=folders, methods=rows) == (
        f"my.yaml: `methods.strict`: method 'max_norm' is in two files, {files}. Rename yours, or "
        "leave the folder of the other out of `method_paths`."
    )
    load_config(run_config(method_paths=folders, methods={"ann": {}}), root=root)
    only_mine = run_config(method_paths=[str(tmp_path)], methods={"max_norm": {}})
    load_config(only_mine, root=root)


def test_a_provided_set_must_be_known_and_there(root, tmp_path):
    load_config(run_config(provided={"noisy": str(tmp_path)}), root=root)
    with pytest.raises(BenchError, match=r"`provided\.nosiy`: unknown data set 'nosiy'"):
        load_config(run_config(provided={"nosiy": str(tmp_path)}), root=root)
    with pytest.raises(BenchError, match=r"`provided\.noisy`: there is no folder or archive /none"):
        load_config(run_config(provided={"noisy": "/none"}), root=root)


@pytest.mark.parametrize("purpose", ["on which denoiser was trained", "which calibrates denoiser"])
def test_training_on_a_test_image_is_refused(tmp_path, purpose):
    root = write_catalogue(tmp_path)
    noisy, other = (root / f"datasets/{name}/files.csv" for name in ("noisy", "small"))
    if purpose.startswith("on"):  # the recipe's set leaks, the calibration's does not
        calibration = calibrated_by(denoise="small")
        (root / "datasets/training/files.csv").write_text(noisy.read_text())
    else:
        calibration = calibrated_by(denoise="small")
        other.write_text(noisy.read_text())
    with pytest.raises(BenchError, match=rf"{purpose}, holds 1 images of the test set 'noisy'"):
        load_config(run_config(calibration=calibration), root=root)
