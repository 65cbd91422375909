"""The jobs that a configuration stands for."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikebench.run import catalogue
from spikebench.run.cell import Cell
from spikebench.run.config import RunConfig
from spikebench.run.jobs import (
    cells,
    conversion_settings,
    evaluation_settings,
    parts,
    wanted_images,
)
from spikebench.run.load import load_config
from tests.miniature import run_config, write_catalogue

BENCHMARKS = [
    {"datasets": ["noisy"], "backbones": ["denoiser"], "images": 1},
    {"datasets": ["small", "smaller"], "backbones": ["upscaler"]},
]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return write_catalogue(tmp_path_factory.mktemp("checkout"))


def test_a_cell_for_each_pair_method_and_seed(root):
    config = load_config(run_config(benchmarks=BENCHMARKS, seed=5, repetitions=2), root=root)
    found = cells(config)
    assert len(found) == len(set(found)) == 3 * 3 * 2
    assert {cell.seed for cell in found} == {5, 6}
    assert Cell("smaller", "upscaler", "strict", 6) in found
    assert Cell("noisy", "upscaler", "strict", 6) not in found


def test_a_benchmark_may_name_its_rows(root):
    named = [BENCHMARKS[0] | {"methods": ["strict", "ann"]}, BENCHMARKS[1]]
    found = cells(load_config(run_config(benchmarks=named), root=root))
    assert [cell.method for cell in found if cell.dataset == "noisy"] == ["strict", "ann"]
    assert len([cell for cell in found if cell.dataset == "small"]) == 3


def test_rows_of_a_pair_may_run_to_different_t_in_entries_of_their_own(root):
    short = BENCHMARKS[0] | {"methods": ["ann", "strict"], "up_to": 2}
    longer = BENCHMARKS[0] | {"methods": ["max_norm"]}
    written = run_config(benchmarks=[short, longer], timesteps=[1, 2, 4])
    config = load_config(written, root=root)
    grids = {
        cell.method: evaluation_settings(config, cell, root)["timesteps"] for cell in cells(config)
    }
    assert grids == {"ann": [1, 2], "strict": [1, 2], "max_norm": [1, 2, 4]}
    assert conversion_settings(config, "denoiser", "strict", 0, root)["timesteps"] == [1, 2]


def test_settings_follow_the_benchmark_and_the_row(root):
    config = load_config(run_config(benchmarks=BENCHMARKS), root=root)
    conversion = conversion_settings(config, "upscaler", "strict", 0, root)
    assert conversion["calibration"] == "training"
    assert conversion["method_options"] == {"hard_reset": True}
    limited = evaluation_settings(config, Cell("noisy", "denoiser", "ann", 0), root)
    whole = evaluation_settings(config, Cell("small", "upscaler", "ann", 0), root)
    assert (limited["images"], whole["images"]) == (1, None)


def test_a_row_may_have_a_grid_of_its_own(root):
    rows = run_config()["methods"]
    own = {**rows, "strict": {**rows["strict"], "timesteps": [3, 9]}}
    config = load_config(run_config(benchmarks=BENCHMARKS, methods=own), root=root)
    for label, grid in (("strict", [3, 9]), ("ann", config.timesteps)):
        conversion = conversion_settings(config, "upscaler", label, 0, root)
        evaluation = evaluation_settings(config, Cell("small", "upscaler", label, 0), root)
        assert conversion["timesteps"] == evaluation["timesteps"] == grid
        assert "timesteps" not in conversion["method_options"]


def test_settings_survive_json(root):
    config = load_config(run_config(readout={"delayed": 2}, timesteps=[3]), root=root)
    settings = conversion_settings(config, "denoiser", "strict", 0, root)
    assert json.loads(json.dumps(settings)) == settings


def unpin(root, name):
    """Give a set five files without a hash."""
    folder = root / "datasets" / name
    manifest = (folder / "dataset.yaml").read_text()
    (folder / "dataset.yaml").write_text(manifest.replace("images: 1", "images: 5"))
    names = ["camera", "a", "b", "c", "d"]
    lines = [f"{name},target,https://example.org/{name}.png" for name in names]
    (folder / "files.csv").write_text("\n".join(["name,role,url", *lines]))


@pytest.mark.parametrize(
    ("images", "wanted"),
    [([3, 5], 5), ([3, None], None), ([["camera"]], ["camera"]), ([["camera"], 1], None)],
)
def test_the_images_outside_a_part_are_not_fetched(tmp_path, images, wanted):
    root = write_catalogue(tmp_path)
    unpin(root, "small")
    backbones = ["upscaler", "second"]
    for name in backbones[1:]:
        manifest = (root / "backbones/upscaler.yaml").read_text()
        (root / f"backbones/{name}.yaml").write_text(manifest)
    benchmarks = [
        {"datasets": ["small"], "backbones": [name], "images": part}
        for name, part in zip(backbones, images, strict=False)
    ]
    config = load_config(run_config(benchmarks=benchmarks), root=root)
    assert wanted_images(config, "small", root) == wanted
    assert wanted_images(config, "training", root) is None


def test_a_pinned_set_is_fetched_whole(root):
    config = load_config(run_config(benchmarks=BENCHMARKS), root=root)
    assert wanted_images(config, "noisy", root) is None


@given(
    size=st.integers(1, 120),
    images=st.none() | st.integers(1, 120) | st.lists(st.sampled_from("abcdefg"), min_size=1),
)
def test_the_parts_of_a_cell_are_its_images_in_order(root, size, images):
    benchmark = BENCHMARKS[0] | {"images": images}
    config = RunConfig.model_validate(run_config(benchmarks=[benchmark], images_per_job=size))
    one_job = config.model_copy(update={"images_per_job": None})
    cell = Cell("noisy", "denoiser", "ann", 0)
    with pytest.MonkeyPatch.context() as patch:
        known = catalogue.dataset("noisy", root).model_copy(update={"images": 100})
        patch.setattr(catalogue, "dataset", lambda *_: known)
        found = parts(config, cell, root)
        assert parts(one_job, cell, root) == []
        on_a_gpu = config.model_copy(update={"device": "cuda"})
        assert parts(on_a_gpu, cell, root) == []  # whose job takes all images of all rows
    count = len(set(images)) if isinstance(images, list) else min(images or 100, 100)
    assert [place for part in found for place in part] == ([] if count <= size else [*range(count)])
    assert all(len(part) == size for part in found[:-1])


LIMITED = [
    {"datasets": ["noisy"], "backbones": ["denoiser"], "up_to": 2},
    {"datasets": ["small"], "backbones": ["upscaler"], "up_to": 2},
    {"datasets": ["smaller"], "backbones": ["upscaler"], "up_to": 1, "methods": ["strict"]},
]


def test_a_benchmark_may_end_at_fewer_steps_than_others(root):
    """A backbone is converted once, for the most that any of its data sets asks for."""
    config = load_config(run_config(benchmarks=LIMITED), root=root)
    pairs = {"noisy": "denoiser", "small": "upscaler", "smaller": "upscaler"}
    grids = {
        dataset: evaluation_settings(config, Cell(dataset, net, "strict", 0), root)["timesteps"]
        for dataset, net in pairs.items()
    }
    assert grids == {"noisy": [1, 2], "small": [1, 2], "smaller": [1]}
    assert conversion_settings(config, "upscaler", "strict", 0, root)["timesteps"] == [1, 2]
    unlimited = [*LIMITED[:2], LIMITED[2] | {"up_to": None}]
    config = load_config(run_config(benchmarks=unlimited), root=root)
    assert conversion_settings(config, "upscaler", "strict", 0, root)["timesteps"] == [1, 2, 4]
