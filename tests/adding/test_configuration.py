import shutil

import pytest
import yaml

from spikebench.adding.configuration import Board, board, command, configuration, next_step
from spikebench.adding.dataset import add_dataset
from spikebench.data.registry import load_dataset
from spikebench.run.load import load_config
from tests.adding.conftest import REPOSITORY


def test_the_first_board_is_run_and_the_others_are_comments(root):
    shutil.copytree(REPOSITORY / "methods", root / "methods")
    boards = [board(task, root) for task in ("denoise", "derain")]
    text = configuration("mine", "it", boards)
    assert f"# A first look at it: {command('mine')}\n" in text
    assert yaml.safe_load(text)["benchmarks"] == [
        {"datasets": ["embedded"], "backbones": ["dncnn_tiny_s25"], "images": 4}
    ]
    both = yaml.safe_load(text.replace("  # - ", "  - "))
    assert both["benchmarks"][1]["backbones"] == ["unet_tiny_rain"]
    load_config(both, place="mine.yaml", root=root)


def test_test_images_of_the_user_go_before_embedded_ones_of_their_task(root, brought):
    assert board("derain", root).test == "embedded"
    add_dataset(brought, root=root, name="mine", tasks=["derain"])
    add_dataset(brought, root=root, name="other", role="train")
    assert board("derain", root).test == "mine"
    assert board("derain", root).train == "embedded_train"
    assert board("denoise", root).test == "embedded"


def test_a_training_set_that_is_just_added_calibrates_and_limits_the_patches(root, brought):
    add_dataset(brought, root=root, name="mine", role="train")
    spec = load_dataset("mine", root / "datasets")
    assert board("denoise", root, spec) == Board(
        "denoise", "embedded", "dncnn_tiny_s25", "mine", 4, 10
    )


def test_what_a_run_lacks_is_said(root):
    lacking = board("jpeg", root)
    assert (lacking.test, lacking.backbone, lacking.train) == ("embedded", None, "embedded_train")
    step = next_step("mine", [lacking])
    assert step.endswith(": spikebench add backbone FILE --architecture NAME --task jpeg")
    assert next_step("mine", [lacking, board("denoise", root)]) == f"Next: {command('mine')}"


@pytest.mark.parametrize("task", ["denoise", "super_resolution", "derain"])
def test_the_embedded_sets_and_backbones_need_nothing_else(root, task):
    assert not list(board(task, root).lacking())
